"""Replays of old pictures: a release unpacked to be read with on this computer, and what a replay costs."""
