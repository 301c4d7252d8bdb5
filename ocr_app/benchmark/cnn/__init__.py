"""The board check: the speed of well-known networks compared with figures that were published for the Nano."""
