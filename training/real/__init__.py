"""Real print to train with, read where it lies and never committed: receipts and photographs."""
