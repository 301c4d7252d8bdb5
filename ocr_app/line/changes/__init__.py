"""What people change while a line runs: its product, expected values and regions; recorded, kept, and first tried."""
