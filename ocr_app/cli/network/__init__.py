"""``ocr-app network``: what a network costs, whether TensorRT accepts it, and the effect of half precision on texts."""

from ocr_app.cli.network.command import add_arguments, run

__all__ = ["add_arguments", "run"]
