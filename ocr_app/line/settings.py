"""What `ocr-app serve` was asked for."""

from typing import Dict, NamedTuple, Optional, Tuple

CLOCKS = ("synced", "always", "never")
AFTER = ("keep", "delete")


class ReadingSettings(NamedTuple):
    """How images are read: as in `ocr-app read`. ``clock``: when the clock is right, one of CLOCKS.

    ``packs``: folder of engine packs that came with the release, empty for none.
    """

    reader: str = "codes"
    device: str = "cpu"
    precision: str = "fp32"
    threads: int = 2
    engine: str = "none"
    packs: str = ""
    recipe: Optional[str] = None
    preprocess: str = "raw"
    regions: Tuple[Tuple[int, int, int, int], ...] = ()
    expected: Tuple[Tuple[str, str], ...] = ()
    expected_file: Optional[str] = None
    expected_age_s: float = 0.0
    clock: str = "synced"
    deadline_ms: Optional[float] = None
    max_pixels: int = 50000000
    max_bytes: int = 64000000
    min_side: int = 8


class Serving(NamedTuple):
    """The service around it; seconds. ``listen``: HOST:PORT, unix:PATH, or empty for none.

    ``watch``, ``results``: folders, or empty; ``after``: what becomes of a watched image, one of AFTER.
    ``read_limit_s``: a reading that takes longer hangs, and the reading process is started again; ``restarts`` in ten
    minutes are borne. ``open_limit_s``: for loading networks. ``answer_s``: how long a caller waits at most.
    """

    reading: ReadingSettings
    listen: str = "127.0.0.1:8088"
    queue: int = 8
    watch: str = ""
    results: str = ""
    after: str = "keep"
    frame_every_s: float = 0.0
    challenge: str = ""
    build_engines: bool = False
    read_limit_s: float = 10.0
    open_limit_s: float = 300.0
    build_limit_s: float = 7200.0
    retry_s: float = 30.0
    restarts: int = 5
    answer_s: float = 30.0
    connection_s: float = 10.0
    disk_mb: int = 500
    memory_mb: int = 150
    beat_s: float = 1.0
    environ: Optional[Dict[str, str]] = None
