"""Every failure that a user can meet. Each kind has a class, an exit code, and a message that ends in the next step."""

from typing import Any, Dict, Optional


class OcrError(Exception):
    """Base of all errors of this package.

    ``found`` says what is the case, ``expected`` what should be, ``next_step`` what to do or run now.
    """

    exit_code = 1
    code = "error"

    def __init__(self, found: str, expected: str = "", next_step: str = "") -> None:
        self.found = found
        self.expected = expected
        self.next_step = next_step
        super(OcrError, self).__init__(self.message())

    def message(self) -> str:
        """The whole message: found, expected, next step. Empty parts are left out."""
        parts = [self.found]
        if self.expected:
            parts.append("expected: " + self.expected)
        if self.next_step:
            parts.append("next: " + self.next_step)
        return "\n  ".join(parts)

    def to_json(self) -> Dict[str, Any]:
        """The form that results and the worker protocol use."""
        return {
            "type": type(self).__name__,
            "code": self.code,
            "found": self.found,
            "expected": self.expected,
            "next_step": self.next_step,
        }


class UsageError(OcrError):
    """The command line or an argument is wrong."""

    exit_code = 2
    code = "usage"


class ImageError(OcrError):
    """One image cannot be read, for the reason ``code``. The other images are still read."""

    exit_code = 3
    code = "bad-image"

    def __init__(self, found: str, expected: str = "", next_step: str = "", code: str = "bad-image") -> None:
        self.code = code
        super(ImageError, self).__init__(found, expected, next_step)


class DeviceUnavailable(OcrError):
    """The requested device is not available. No other device takes its place."""

    exit_code = 4
    code = "device-unavailable"


class PrecisionUnavailable(OcrError):
    """The requested precision is not available on this device with this model."""

    exit_code = 5
    code = "precision-unavailable"


class ReaderUnavailable(OcrError):
    """A reader's library, program or environment is missing."""

    exit_code = 6
    code = "reader-unavailable"


class ModelError(OcrError):
    """A model file is missing, or does not have its checksum."""

    exit_code = 7
    code = "model"


class ReaderFailed(OcrError):
    """A reader crashed, hung, or gave an invalid answer; ``code`` says which."""

    exit_code = 8
    code = "reader-failed"

    def __init__(self, found: str, expected: str = "", next_step: str = "", code: str = "reader-failed") -> None:
        self.code = code
        super(ReaderFailed, self).__init__(found, expected, next_step)


class DatasetError(OcrError):
    """The manifest of a data set is missing or malformed, or names a file that does not exist."""

    exit_code = 9
    code = "dataset"


class ResultError(OcrError):
    """A result file does not match its schema, or two files cannot be compared."""

    exit_code = 10
    code = "result"


class RecipeError(OcrError):
    """A recipe is malformed, allows nothing or too much, or has a character that the recogniser does not know."""

    exit_code = 11
    code = "recipe"


class EngineError(OcrError):
    """An engine is missing or must not be loaded; ``code`` says why: stale, foreign, truncated, tampered, and so on."""

    exit_code = 12
    code = "engine"

    def __init__(self, found: str, expected: str = "", next_step: str = "", code: str = "engine") -> None:
        self.code = code
        super(EngineError, self).__init__(found, expected, next_step)


class BuildError(OcrError):
    """An engine could not be built: memory, space, the parser, a text that changed; ``code`` says which."""

    exit_code = 13
    code = "build"

    def __init__(self, found: str, expected: str = "", next_step: str = "", code: str = "build") -> None:
        self.code = code
        super(BuildError, self).__init__(found, expected, next_step)


class ReplayError(OcrError):
    """A replay cannot begin or go on: its folder holds another one or is damaged, or a release was changed."""

    exit_code = 16
    code = "replay"


class ServiceError(OcrError):
    """The service cannot run here: its address is in use, a folder cannot be used, or it reports no health."""

    exit_code = 14
    code = "service"


ERRORS = (
    UsageError,
    ImageError,
    DeviceUnavailable,
    PrecisionUnavailable,
    ReaderUnavailable,
    ModelError,
    ReaderFailed,
    DatasetError,
    ResultError,
    RecipeError,
    EngineError,
    BuildError,
    ServiceError,
    ReplayError,
)
_WITH_CODES = (ImageError, ReaderFailed, EngineError, BuildError)


def from_json(record: Dict[str, Any]) -> OcrError:
    """Rebuilds an error that another process reported. An unknown type becomes ReaderFailed."""
    by_name = {cls.__name__: cls for cls in ERRORS}
    cls: Any = by_name.get(record.get("type", ""), ReaderFailed)
    arguments = [str(record.get(key, "")) for key in ("found", "expected", "next_step")]
    code: Optional[str] = record.get("code")
    if cls in _WITH_CODES and code:
        return cls(*arguments, code=code)  # type: ignore[no-any-return]
    return cls(*arguments)  # type: ignore[no-any-return]
