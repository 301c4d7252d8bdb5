"""Building engines: what is to be built, the memory and services of the board, and the check of the result."""
