"""Where images come from: HTTP on this computer, a watched folder, the challenge set."""
