"""What every part of the control side uses."""
