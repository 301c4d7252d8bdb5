"""Real print to train with: photographs without labels, labelled receipts, and what the teachers read on them."""
