"""What the processor does for a frame besides running the networks: measured per stage, with recorded networks."""
