"""``ocr-app recipe``: check, teach and test recipes."""

from ocr_app.cli.recipe.command import add_arguments, run

__all__ = ["add_arguments", "run"]
