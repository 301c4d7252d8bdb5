"""Reader `paddleocr`: PP-OCRv4 on PaddlePaddle."""
