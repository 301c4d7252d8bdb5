"""The reader `codes`: our own detector and recogniser of printed product codes."""
