"""Where the frames of a live line come from: one contract, and the loop that keeps a source open."""
