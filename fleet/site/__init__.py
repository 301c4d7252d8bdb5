"""The site: every result of every board in PostgreSQL, by way of Mosquitto, and a page that shows them."""
