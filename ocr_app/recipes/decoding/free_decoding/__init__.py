"""Reading a line without a recipe: the likelihood of the image weighed against what codes usually look like."""

from ocr_app.recipes.decoding.free_decoding.line_decoder import decode_free, prepare_free_decoding

__all__ = ["decode_free", "prepare_free_decoding"]
