"""The command line: one module per verb, which parses arguments and prints results."""
