"""Measurements: runs of readers over data sets, their comparison, and the speed of recognisers and networks."""
