"""Where the bundled samples and recipes are: inside an installed package, or beside it in a checkout or an image."""

import os

_HERE = os.path.dirname(os.path.abspath(__file__))
_INSIDE, _BESIDE = os.path.join(_HERE, "data"), os.path.dirname(_HERE)


def samples() -> str:
    """Folder of the bundled data set, nano-codes-100."""
    return _folder("samples", os.path.join("data", "nano-codes-100"))


def recipes() -> str:
    """Folder of the bundled recipes."""
    return _folder("recipes", "recipes")


def _folder(inside: str, beside: str) -> str:
    """setup.py copies ``beside`` to ``inside`` when it builds the package; there is no other copy."""
    packaged = os.path.join(_INSIDE, inside)
    return packaged if os.path.isdir(packaged) else os.path.join(_BESIDE, beside)
