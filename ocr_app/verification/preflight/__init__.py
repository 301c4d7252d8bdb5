"""What is known about a model before TensorRT 8.2.1 sees it: the parser's rules, memory, and a speed estimate."""
