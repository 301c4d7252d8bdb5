"""The process of one part."""

import subprocess
from typing import List, NamedTuple

from ocr_app.core.errors import DeviceUnavailable, EngineError, ModelError, PrecisionUnavailable, ReaderUnavailable

REFUSALS = tuple(
    kind.exit_code for kind in (DeviceUnavailable, PrecisionUnavailable, ReaderUnavailable, ModelError, EngineError)
)
"""Exit codes by which the application says that something does not exist on this machine."""
_TIMED_OUT, _NOT_STARTED = -1, -2
_SHOWN = 600
_MESSAGE = "ocr-app "


class PartProcess(NamedTuple):
    """How a command ended. ``last_words``: its error message, or what prevented it."""

    code: int
    last_words: str

    @property
    def is_refusal(self) -> bool:
        """Whether the application itself said that it cannot be measured here."""
        return self.code in REFUSALS


def run_part(command: List[str], timeout_s: float) -> PartProcess:
    """Runs a command to its end, or ends it after ``timeout_s`` seconds. Never raises for what the command does."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=timeout_s,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return PartProcess(_TIMED_OUT, "not finished after {:.0f} s".format(timeout_s))
    except OSError as error:
        return PartProcess(_NOT_STARTED, str(error))
    return PartProcess(done.returncode, _last_words(done.stderr.decode("utf-8", "replace"), done.returncode))


def _last_words(errors: str, code: int) -> str:
    """The application's own message, which may have several lines; else the last line."""
    if code < 0:
        return "killed by signal {} (9 on a Nano: out of memory)".format(-code)
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    own = max((number for number, line in enumerate(lines) if line.startswith(_MESSAGE)), default=len(lines) - 1)
    return "; ".join(lines[max(own, 0) :])[:_SHOWN] or "exit code {}, without a message".format(code)
