"""What happens to a part between its trigger and its outputs."""
