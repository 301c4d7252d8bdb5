"""The reader `paddleocr`: PP-OCRv4 on PaddlePaddle."""
