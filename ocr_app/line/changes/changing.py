"""Changes of what a line judges by while it runs: refused while a part is under way, and written down first.

A change is a row of the journal before it is made, and a file beside the journal keeps it over a restart. The row says
who, when, what, from what to what; the file survives where the journal is torn.
"""

import logging
import threading
from typing import Any, Callable, Dict, NamedTuple, Optional

from ocr_app.core.errors import BuildError, ServiceError, UsageError
from ocr_app.core.files import write_json
from ocr_app.core.logs import fields
from ocr_app.line.changes.products import ProductShelf
from ocr_app.line.changes.store import KeptChoice, KeptSetup, SetupStore
from ocr_app.line.journal.beside import JournalBeside, LineChange
from ocr_app.line.reading import expected_values
from ocr_app.line.reading.setup import LineSetup
from ocr_app.line.settings.fields import Regions
from ocr_app.line.settings.service import ServiceSettings

LOG = logging.getLogger(__name__)
PRODUCT, EXPECTED, REGIONS, BATCH, START, UNDONE = "product", "expected", "regions", "batch", "start", "undone"
BUSY, FAILED, LONG, FIELD, AREA, SAME, EDITED = "busy", "failed", "long", "field", "area", "same", "edited"
REFUSALS = {
    BUSY: "a part is under way; nothing was changed, try again between two parts",
    FAILED: "the change could not be written down, so nothing was changed",
    LONG: "an expected value is longer than 200 characters, or has a line break",
    FIELD: "the recipe has no such field",
    AREA: "a region is not inside the picture, or there are more than 16",
    SAME: "nothing would change",
    EDITED: "the recipe was edited since it was tried; nothing was changed",
}
"""Why a change is refused, by code."""
LONGEST, MOST_REGIONS = 200, 16
_MOST_SIDE = 65535


class ChangeAuthor(NamedTuple):
    """Who changes something, and from where."""

    user: str
    role: str
    address: str


class ChangeRefused(Exception):
    """Nothing was changed. ``code``: one of REFUSALS."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        text = REFUSALS[code]
        super(ChangeRefused, self).__init__("{} ({})".format(text, detail) if detail else text)


class LineChanges:
    """For use by several threads. ``between``: calls its argument while no part is under way and none can begin, and
    returns False, without a call, where one is; ``apply`` makes a setup that of the next part.
    """

    def __init__(self, settings: ServiceSettings, beside: JournalBeside) -> None:
        """Takes up what was changed before the start. Raises ServiceError where that is no longer possible."""
        self._settings, self._beside = settings, beside
        self.shelf, self._store = ProductShelf(settings), SetupStore(settings)
        self.between: Callable[[Callable[[], None]], bool] = _at_once
        self.apply: Callable[[LineSetup], None] = lambda setup: None
        self.began_batch: Callable[[LineChange], None] = lambda change: None
        self._lock = threading.Lock()
        self.setup = self._take_up(self._store.load())
        self._record_start()
        self._batch = beside.last_batch()

    def _take_up(self, kept: KeptSetup) -> LineSetup:
        own = self._settings
        choice = kept.choice or KeptChoice(self.shelf.own, dict(own.recipe.expected))
        regions = own.image.regions if kept.regions is None else kept.regions
        try:
            setup = self.shelf.load(choice.product)
        except UsageError as error:
            found = "the product {} was chosen before the start: {}".format(choice.product, error.found)
            step = "put its recipe back, or remove {} to begin with what the settings say".format(self._store.path)
            raise ServiceError(found, error.expected, step) from error
        expected = {name: text for name, text in choice.expected.items() if name in setup.fields}
        return setup._replace(expected=expected, regions=tuple(regions))

    def _record_start(self) -> None:
        """A row where the line begins with anything else than it ended with: a file was edited, or nothing is known."""
        last, record = self._beside.last_change(), self.setup.record()
        if last is not None and last.record == record:
            return
        begins = last is None or any(last.record.get(key) != record[key] for key in ("product", "recipe_digest"))
        before = last.record if last is not None else {}
        self._beside.record_change("", "", "", START, told(before, record), begins, record)
        LOG.info("judging by", extra=fields(product=self.setup.product, digest=self.setup.digest))

    @property
    def batch(self) -> Optional[LineChange]:
        """The change with which the batch of now began; None where the journal could not tell."""
        return self._batch

    @property
    def expected(self) -> Dict[str, str]:
        """What is expected now: of the file, where the settings name one, over what a person set."""
        return dict(expected_values.current(self._settings.recipe, fixed=self.setup.expected).values)

    @property
    def has_file(self) -> bool:
        """Whether expected values are in a file that other programs may write too."""
        return bool(self._settings.recipe.expected_file)

    # --- what people do ----------------------------------------------------------------------------------------------

    def with_product(self, name: str, expected: Optional[Dict[str, str]] = None) -> LineSetup:
        """The setup as it would be with another product. Values of fields that both have stay, where none are given.

        Raises UsageError, RecipeError, ChangeRefused.
        """
        setup = self.shelf.load(name)
        values = self.setup.expected if expected is None else expected
        kept = {key: text for key, text in values.items() if expected is not None or key in setup.fields}
        _check_values(setup, kept)
        return setup._replace(expected=_filled(kept), regions=self.setup.regions)

    def choose(self, author: ChangeAuthor, name: str, expected: Optional[Dict[str, str]] = None) -> LineSetup:
        """Another product from the next part on, with its expected values; a batch begins.

        Raises UsageError, RecipeError, ChangeRefused.
        """
        return self._change(author, PRODUCT, lambda: self.with_product(name, expected))

    def expect(self, author: ChangeAuthor, values: Dict[str, str]) -> LineSetup:
        """Other expected values from the next part on; in the file, where there is one. Raises ChangeRefused."""
        if self.has_file:
            _check_values(self.setup, values)
            self._write_file(author, _filled(values))
            return self.setup
        return self._change(author, EXPECTED, lambda: self._with_values(values))

    def _with_values(self, values: Dict[str, str]) -> LineSetup:
        _check_values(self.setup, values)
        return self.setup._replace(expected=_filled(values))

    def regions(self, author: ChangeAuthor, regions: Regions) -> LineSetup:
        """Other regions from the next part on; none: lines are detected. Raises ChangeRefused."""
        check_regions(regions)
        return self._change(author, REGIONS, lambda: self.setup._replace(regions=tuple(regions)))

    def begin_batch(self, author: ChangeAuthor) -> LineSetup:
        """A batch begins with the next part. Raises ChangeRefused."""
        return self._change(author, BATCH, lambda: self.setup)

    # --- how it is done ----------------------------------------------------------------------------------------------

    def _change(self, author: ChangeAuthor, kind: str, make: Callable[[], LineSetup]) -> LineSetup:
        """``make``: the setup after the change, from that of now, which nobody else changes meanwhile."""
        with self._lock:
            before, setup = self.setup, make()
            if kind != BATCH and setup.record() == before.record():
                raise ChangeRefused(SAME)
            detail = told(before.record(), setup.record()) if kind != BATCH else setup.product
            failed = []
            if not self.between(lambda: failed.append(self._make(author, kind, detail, setup))):
                raise ChangeRefused(BUSY)
            if failed[0]:
                raise ChangeRefused(FAILED)
        LOG.info("changed", extra=fields(kind=kind, user=author.user, detail=detail))
        return setup

    def _make(self, author: ChangeAuthor, kind: str, detail: str, setup: LineSetup) -> bool:
        """Whether it failed. The row first; where the file then cannot be written, a second row takes it back."""
        begins = kind in (PRODUCT, BATCH)
        if not self._beside.record_change(*author, kind, detail, begins, setup.record()):
            self._beside.record_action(*author, kind + "-failed", detail)
            return True
        try:
            if kind != BATCH:
                self._store.save(self._kept(setup))
        except BuildError as error:
            LOG.error("a change was taken back", extra=fields(kind=kind, found=error.found))
            self._beside.record_change(*author, UNDONE, detail, False, self.setup.record())
            return True
        self.setup = setup
        self.apply(setup)
        if begins:
            self._batch = self._beside.last_batch()
            if self._batch is not None:
                self.began_batch(self._batch)
        return False

    def _kept(self, setup: LineSetup) -> KeptSetup:
        own = self._settings
        is_own = setup.product == self.shelf.own and setup.expected == own.recipe.expected
        regions = None if setup.regions == tuple(own.image.regions) else setup.regions
        return KeptSetup(None if is_own else KeptChoice(setup.product, dict(setup.expected)), regions)

    def _write_file(self, author: ChangeAuthor, values: Dict[str, str]) -> None:
        """The file of expected values, between two parts, after it was written down who did that."""
        detail = told({"expected": self.expected}, {"expected": values})

        def write() -> None:
            if not self._beside.record_action(*author, EXPECTED, detail):
                raise BuildError("the journal cannot be written", "space", code="space")
            write_json(self._settings.recipe.expected_file, dict(values))

        with self._lock:
            try:
                done = self.between(write)
            except BuildError as error:
                self._beside.record_action(*author, EXPECTED + "-failed", detail)
                raise ChangeRefused(FAILED) from error
        if not done:
            raise ChangeRefused(BUSY)


def _at_once(work: Callable[[], None]) -> bool:
    """Before there is a line, nothing is under way."""
    work()
    return True


def _filled(values: Dict[str, str]) -> Dict[str, str]:
    return {name: text for name, text in sorted(values.items()) if text}


def _check_values(setup: LineSetup, values: Dict[str, str]) -> None:
    """Raises ChangeRefused for a field that the recipe lacks, and a text that no field has."""
    for name, text in values.items():
        if name not in setup.fields:
            raise ChangeRefused(FIELD, name[:60])
        if len(text) > LONGEST or len(text.splitlines()) > 1:
            raise ChangeRefused(LONG, name)


def check_regions(regions: Regions) -> None:
    """Raises ChangeRefused for too many, and for one that no picture can hold."""
    fit = all(
        len(region) == 4
        and min(region[:2]) >= 0
        and min(region[2:]) >= 1
        and max(region[0] + region[2], region[1] + region[3]) <= _MOST_SIDE
        for region in regions
    )
    if not fit or len(regions) > MOST_REGIONS:
        raise ChangeRefused(AREA)


def told(before: Dict[str, Any], after: Dict[str, Any]) -> str:
    """What differs, as "product: juice -> tea; expected: lot=7 -> lot=8"."""
    names = [name for name in ("product", "recipe_digest", "expected", "regions") if name in after]
    pairs = [(name.replace("_", " "), _shown(before.get(name)), _shown(after[name])) for name in names]
    return "; ".join("{}: {} -> {}".format(*pair) for pair in pairs if pair[1] != pair[2])


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join("{}={}".format(*pair) for pair in sorted(value.items())) or "any"
    if isinstance(value, (list, tuple)):
        return " ".join(",".join(str(number) for number in region) for region in value) or "whole picture"
    return str(value) if value else "-"
