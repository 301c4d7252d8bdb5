"""The recogniser: training lines, network, training, export and evaluation."""
