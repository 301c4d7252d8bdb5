"""The detector of code lines: training scenes, labels, network, training, export and evaluation."""
