"""The reader `easyocr`: EasyOCR, CRAFT and english_g2."""
