"""The operator's page: what the line does now, its rejects, its history and its health, in a browser."""
