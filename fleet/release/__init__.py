"""Signed bundles and their deployment."""
