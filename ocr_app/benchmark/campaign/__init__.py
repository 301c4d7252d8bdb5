"""A board's part of a benchmark of a fleet: measures one part after the other, with services stopped, and resumes."""
