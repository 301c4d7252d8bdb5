"""What one collector does for all: it finds gaps and asks boards to close them, and cares for the months."""
