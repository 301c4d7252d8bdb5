"""The service on the production line: inputs, the process that reads, health, the self-check."""
