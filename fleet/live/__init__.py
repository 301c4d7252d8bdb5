"""The live line on this computer: a demonstration, measurements, and a soak test, all with real parts."""
