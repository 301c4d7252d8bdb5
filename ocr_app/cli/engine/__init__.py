"""``ocr-app engine``: judges networks, builds engines from them, keeps and shares the engines."""
