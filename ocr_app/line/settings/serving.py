"""Sections about the service: inputs, outputs, limits, health, log."""

import attr

from ocr_app.core.logs import LEVELS
from ocr_app.line.settings.fields import setting

AFTER = ("keep", "delete")
NO_ADDRESS = "none"


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class HttpSettings:
    """Images over HTTP from programs of this computer."""

    listen: str = setting(
        "127.0.0.1:8088",
        "Where to listen; the service does not authenticate callers, so it accepts local addresses only.",
        form="HOST:PORT with a loopback host, unix:PATH, or none",
        flag="--listen",
    )
    answer_s: float = setting(
        30.0, "How long a caller waits at most when there is no deadline.", "s", 0.1, 86400.0, flag="--answer"
    )
    connection_s: float = setting(
        10.0, "How long a request may take to arrive, from its first byte to its last.", "s", 0.1, 3600.0
    )

    @property
    def enabled(self) -> bool:
        """Whether the service listens at all."""
        return self.listen not in ("", NO_ADDRESS)


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class FolderSettings:
    """Images that a camera drops into a folder."""

    watch: str = setting("", "Folder that is watched for new images.", path=True, flag="--watch")
    after: str = setting(
        "keep",
        "Keep an image that was read (in `read/` below the results) or delete it.",
        choices=AFTER,
        flag="--after",
    )
    frame_every_s: float = setting(
        0.0,
        "Time without a new image after which the service is degraded by camera_lost; 0 means never.",
        "s",
        0.0,
        31536000.0,
        flag="--frame-every",
    )


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class OutputSettings:
    """Where results go."""

    results: str = setting("", "Folder of one JSON file per watched image.", path=True, flag="--results")


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class LimitSettings:
    """How much may wait, and how long work may take."""

    queue: int = setting(8, "Images that may wait; more are refused.", "images", 1, 10000, flag="--queue")
    reading_s: float = setting(
        10.0,
        "A reading that takes longer hangs: the reading process is restarted.",
        "s",
        0.1,
        3600.0,
        flag="--read-limit",
    )
    opening_s: float = setting(
        300.0, "Time for loading networks, and again for the first readings.", "s", 0.1, 86400.0, flag="--open-limit"
    )
    building_s: float = setting(7200.0, "Time for building engines.", "s", 1.0, 604800.0)
    retry_s: float = setting(
        30.0,
        "Pause before a missing GPU, engine or model is looked for again.",
        "s",
        0.1,
        86400.0,
        flag="--retry",
    )
    restarts: int = setting(
        5, "Restarts of a reading process in ten minutes; one more ends the service.", least=0, most=1000,
        flag="--restarts",
    )  # fmt: skip


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class HealthSettings:
    """When the service reports that its platform degrades it."""

    disk_mb: int = setting(500, "Less free space than this is disk_low.", "MB", 1, 100000000, flag="--disk-mb")
    memory_mb: int = setting(
        150, "Less available memory than this is memory_low.", "MB", 1, 100000000, flag="--memory-mb"
    )
    heartbeat_s: float = setting(1.0, "How often health.json is written.", "s", 0.05, 5.0)


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class LogSettings:
    """What is written to standard error."""

    level: str = setting("info", "The least level that is written; see also --verbose and --quiet.", choices=LEVELS)
