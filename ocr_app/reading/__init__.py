"""One image, read and judged: from pixels to a result."""
