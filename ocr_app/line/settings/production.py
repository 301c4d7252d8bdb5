"""Sections about a live line: its source, its trigger, its parts, and the journal of them."""

import re

import attr

from ocr_app.line.settings.camera import CAMERAS
from ocr_app.line.settings.fields import setting
from ocr_app.line.settings.serving import AFTER

NO_SOURCE = "none"
SOURCES = (NO_SOURCE, "replay", "folder", "http") + CAMERAS
EVERY_FRAME, PRESENCE = "frame", "presence"
TRIGGERS = (EVERY_FRAME, PRESENCE, "mqtt", "modbus", "gpio", "http")
POLICIES = ("every", "latest")
PICTURES = ("none", "rejects", "all")
_YEAR_S = 31536000.0
_NAME = re.compile(r"[A-Za-z0-9_-]{0,40}")


def _is_name(value: str) -> bool:
    return _NAME.fullmatch(value) is not None


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class SourceSettings:
    """Where the frames of a live line come from; with a source, every trigger is a part that gets one verdict."""

    kind: str = setting(
        NO_SOURCE,
        "The source: images of a folder at a rate, a folder that a camera writes to, POST /read, or a camera.",
        choices=SOURCES,
    )
    path: str = setting("", "The folder of `replay` and of `folder`.", path=True)
    rate_hz: float = setting(2.0, "Frames in each second of a replay.", "Hz", 0.01, 1000.0)
    repeat: bool = setting(False, "Begin the replay again at its end; without it, the source ends there.")
    after: str = setting(
        "keep",
        "Move a frame of `folder` to `taken/` in that folder, or delete it, once it is a part.",
        choices=AFTER,
    )
    silent_s: float = setting(
        0.0,
        "For `folder` and `http`: time without a frame after which it is camera_lost and opened again; 0 means never.",
        "s",
        0.0,
        _YEAR_S,
    )
    retry_s: float = setting(
        1.0, "Pause before a lost source is opened again; it doubles with each failure.", "s", 0.01, 3600.0
    )
    retry_most_s: float = setting(30.0, "The longest of these pauses.", "s", 0.01, 86400.0)

    @property
    def enabled(self) -> bool:
        """Whether this is a live line at all."""
        return self.kind != NO_SOURCE


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class TriggerSettings:
    """What says that a part is there."""

    kind: str = setting(
        EVERY_FRAME,
        "Every frame is a part, a change of the picture shows one, or a message, a coil, a pin or a request says so.",
        choices=TRIGGERS,
    )
    delay_ms: float = setting(0.0, "Time from a trigger to the moment whose frame is read.", "ms", 0.0, 600000.0)
    debounce_ms: float = setting(
        20.0, "A trigger that follows another one within this time is ignored and counted.", "ms", 0.0, 600000.0
    )
    frame_ms: float = setting(
        1000.0,
        "How long a frame may take to come after the trigger and its delay; later means fail.",
        "ms",
        1.0,
        600000.0,
    )
    frames: int = setting(
        1,
        "For `mqtt`, `modbus`, `gpio` and `http`: frames in a row that are read for one trigger, and decided together.",
        "frames",
        1,
        16,
    )
    frames_agree: int = setting(
        2, "How many of several frames have to pass; no other one may say something else.", "frames", 1, 16
    )
    topic: str = setting("", "The topic of `mqtt`; each message is a trigger.")
    pin: int = setting(0, "The pin of `gpio`, by its number on the header of the board.", "(pin)", 0, 40)
    edge: str = setting("rising", "The edge of `gpio` that is a trigger.", choices=("rising", "falling"))
    presence_level: float = setting(
        6.0,
        "For `presence`: by how many grey levels the picture has to differ from the empty line, on average.",
        "grey levels",
        0.1,
        255.0,
    )
    presence_still: float = setting(
        3.0,
        "For `presence`: by how many grey levels two frames in a row may differ when the part is in place.",
        "grey levels",
        0.1,
        255.0,
    )


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class PartsSettings:
    """How parts go through: how many at once, and what gives way when they come too fast."""

    policy: str = setting(
        "every",
        "With `every` nothing is dropped and the source has to wait; with `latest` an old frame gives way, counted.",
        choices=POLICIES,
    )
    queue: int = setting(4, "Parts that may be under way at the same time.", "parts", 1, 1000)
    limit_ms: int = setting(
        10000,
        "Time from the trigger after which a part fails where recipe.deadline_ms sets no shorter one.",
        "ms",
        10,
        3600000,
    )


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class JournalSettings:
    """The history of all parts, and their pictures."""

    folder: str = setting("", "Folder of the journal and of the pictures; a live line needs one.", path=True)
    board: str = setting(
        "",
        "Name of this board in the ids of parts, in topics and in tables; without one, the name of the host.",
        form="a name of letters, digits, '-' and '_'",
        fits=_is_name,
    )
    keep_parts: int = setting(
        1000000, "Rows that are kept; the oldest that every output has got go first.", "parts", 100, 100000000
    )
    pictures: str = setting("rejects", "Which pictures are kept.", choices=PICTURES)
    passes_mb: int = setting(200, "Space for pictures of parts that passed.", "MB", 1, 100000000)
    rejects_mb: int = setting(2000, "Space for pictures of all other parts.", "MB", 1, 100000000)
    low_water_mb: int = setting(
        300, "Free space below which the oldest pictures go, those of passes first.", "MB", 1, 100000000
    )
