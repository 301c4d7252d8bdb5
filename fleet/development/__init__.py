"""What developers run: demo.py, suites.py (the tests), training.py."""
