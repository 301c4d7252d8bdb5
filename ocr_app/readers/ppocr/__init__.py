"""The reader `ppocr`: PP-OCR models, through ONNX Runtime."""
