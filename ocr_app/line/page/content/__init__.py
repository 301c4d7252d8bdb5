"""What the page tells: texts, pictures, records of the journal, the live feed, alarms, and HTML."""
