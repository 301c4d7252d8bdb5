"""A simulated node, and every fault in every state of a release on it."""
