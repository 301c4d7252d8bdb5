"""Where verdicts go, once the journal has them."""
