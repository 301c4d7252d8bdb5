"""``ocr-app benchmark`` and ``ocr-app compare``: arguments, and what is printed."""
