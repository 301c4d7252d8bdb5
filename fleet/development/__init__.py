"""What developers run: demo, suites, training."""
