"""What codes are judged by at a moment: the recipe as a text, expected values and regions. It changes as a whole."""

from typing import Any, Dict, NamedTuple, Tuple

from ocr_app import recipes
from ocr_app.core.files import sha256_of
from ocr_app.line.settings.fields import Regions


class LineSetup(NamedTuple):
    """``product``: the name under which it is chosen; ``recipe``: the name in the recipe; ``digest``: SHA-256 of its
    ``text``; ``fields``: names of its fields, sorted; ``expected``: texts by field name, as a person or the settings
    set them; ``regions``: (x, y, width, height) in pixels.
    """

    product: str
    recipe: str
    digest: str
    text: str
    fields: Tuple[str, ...]
    expected: Dict[str, str]
    regions: Regions

    def record(self) -> Dict[str, Any]:
        """As JSON, without the text of the recipe."""
        return {
            "product": self.product,
            "recipe": self.recipe,
            "recipe_digest": self.digest,
            "expected": dict(self.expected),
            "regions": [list(region) for region in self.regions],
        }


def setup_of(product: str, data: bytes, file: str, expected: Dict[str, str], regions: Regions) -> LineSetup:
    """The setup with the recipe whose bytes are ``data``; ``file`` is its name in messages. Raises RecipeError."""
    text = data.decode("utf-8-sig", "replace")
    recipe = recipes.loads(text, file)
    fields = tuple(sorted({field.name for field in recipe.fields if field.name}))
    return LineSetup(product, recipe.name, sha256_of(data), text, fields, dict(expected), tuple(regions))
