"""The computer this runs on: hardware, clocks, load, and container image."""
