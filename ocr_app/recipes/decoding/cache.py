"""What decoding has found out about the places of one frame, so that it is found out only once.

A frame is decoded several times: after each look, and as each member of a team read it. Most of its places stay the
same, and what they may mean under the recipe stays the same with them.
"""

from typing import Any, Callable, Dict, Hashable, List, Tuple, TypeVar

from ocr_app.core.types import LinePosterior

Found = TypeVar("Found")


class DecodingCache:
    """The findings about the places of one frame under one recipe. A place is the same if its arrays are."""

    def __init__(self) -> None:
        self._numbers: Dict[Tuple[int, bytes], int] = {}
        self._kept: List[LinePosterior] = []  # as long as an array exists, no other one has its identity
        self._found: Dict[Tuple[str, Hashable], Any] = {}

    def number_of(self, posterior: LinePosterior) -> int:
        """The number of a place as one recogniser read it."""
        key = (id(posterior.log_probs), posterior.quad.tobytes())
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers)
            self._kept.append(posterior)
        return self._numbers[key]

    def once(self, kind: str, key: Hashable, find: Callable[[], Found]) -> Found:
        """What ``find`` returned when this was first asked for."""
        name = (kind, key)
        if name not in self._found:
            self._found[name] = find()
        return self._found[name]  # type: ignore[no-any-return]
