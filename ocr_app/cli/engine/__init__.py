"""The verb `engine`: one module per group of its sub-verbs."""
