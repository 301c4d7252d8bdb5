"""What the service reports about itself: state, reasons for being degraded, heartbeat, metrics."""
