"""Fine-tunes a published recogniser on codes: its graph stays as it is, only its weights change."""
