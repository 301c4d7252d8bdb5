"""Every failure a user can meet: one class, one exit code, one message that ends in the next step."""

from typing import Any, Dict, Optional


class OcrError(Exception):
    """Base of all errors of this package.

    ``found`` says what is there, ``expected`` what was wanted, ``next_step`` what to do or run now.
    """

    exit_code = 1
    code = "error"

    def __init__(self, found: str, expected: str = "", next_step: str = "") -> None:
        self.found = found
        self.expected = expected
        self.next_step = next_step
        super(OcrError, self).__init__(self.message())

    def message(self) -> str:
        """The whole message: found, expected, next step; parts that are empty are left out."""
        parts = [self.found]
        if self.expected:
            parts.append("expected: " + self.expected)
        if self.next_step:
            parts.append("next: " + self.next_step)
        return "\n  ".join(parts)

    def to_json(self) -> Dict[str, Any]:
        """Form used in result lines and in the worker protocol."""
        return {
            "type": type(self).__name__,
            "code": self.code,
            "found": self.found,
            "expected": self.expected,
            "next_step": self.next_step,
        }


class UsageError(OcrError):
    """The command line or an argument makes no sense."""

    exit_code = 2
    code = "usage"


class ImageError(OcrError):
    """One image cannot be read; ``code`` is the machine-readable reason. The other images go on."""

    exit_code = 3
    code = "bad-image"

    def __init__(self, found: str, expected: str = "", next_step: str = "", code: str = "bad-image") -> None:
        self.code = code
        super(ImageError, self).__init__(found, expected, next_step)


class DeviceUnavailable(OcrError):
    """The device asked for is not there. Never answered by another device."""

    exit_code = 4
    code = "device-unavailable"


class PrecisionUnavailable(OcrError):
    """The precision asked for cannot be had on this device with this model."""

    exit_code = 5
    code = "precision-unavailable"


class ReaderUnavailable(OcrError):
    """A reader's library, program or environment is missing."""

    exit_code = 6
    code = "reader-unavailable"


class ModelError(OcrError):
    """A model file is missing, or is not the file its checksum names."""

    exit_code = 7
    code = "model"


class ReaderFailed(OcrError):
    """A reader crashed, hung, or answered garbage; ``code`` says which."""

    exit_code = 8
    code = "reader-failed"

    def __init__(self, found: str, expected: str = "", next_step: str = "", code: str = "reader-failed") -> None:
        self.code = code
        super(ReaderFailed, self).__init__(found, expected, next_step)


class DatasetError(OcrError):
    """A data set's manifest is missing, malformed, or names what is not there."""

    exit_code = 9
    code = "dataset"


class ResultError(OcrError):
    """A result file does not fit its schema, or two files cannot be compared."""

    exit_code = 10
    code = "result"


class RecipeError(OcrError):
    """A recipe is malformed, allows nothing or too much, or asks for what a recogniser cannot say."""

    exit_code = 11
    code = "recipe"


class EngineError(OcrError):
    """An engine is missing or must not be loaded; ``code`` says why: stale, foreign, truncated, tampered, ..."""

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


class ServiceError(OcrError):
    """The service cannot do its work where it stands: an address in use, a folder that cannot be used, no health."""

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
)
_WITH_CODES = (ImageError, ReaderFailed, EngineError, BuildError)


def from_json(record: Dict[str, Any]) -> OcrError:
    """Rebuild an error that another process reported; an unknown type becomes ReaderFailed."""
    by_name = {cls.__name__: cls for cls in ERRORS}
    cls: Any = by_name.get(record.get("type", ""), ReaderFailed)
    arguments = [str(record.get(key, "")) for key in ("found", "expected", "next_step")]
    code: Optional[str] = record.get("code")
    if cls in _WITH_CODES and code:
        return cls(*arguments, code=code)  # type: ignore[no-any-return]
    return cls(*arguments)  # type: ignore[no-any-return]
