"""The recogniser: lines to learn from, network, training, export and evaluation."""
