"""Measurements of the control side: benchmark matrix, exports, gates."""
