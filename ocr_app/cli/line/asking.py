"""Writes the settings file of a new line, from keys that are given and answers to questions."""

import json
import os
import re
import tempfile
from typing import Any, Callable, Dict, Mapping, NamedTuple, Optional

from ocr_app.core.errors import UsageError
from ocr_app.core.files import write_whole
from ocr_app.core.yaml_tree import suggest

_HEAD = "# A live line: docs/how-to/live-line.md. Every key is in docs/reference/settings.md.\n"
CAMERAS = ("usb", "csi", "rtsp", "gige", "pipeline")
Ask = Callable[[str], str]


class _Question(NamedTuple):
    """``key``: what the answer sets; ``asked``: whether it is needed, by what is known so far."""

    key: str
    text: str
    asked: Callable[[Mapping[str, str]], bool] = lambda known: True


def _is(key: str, *values: str) -> Callable[[Mapping[str, str]], bool]:
    return lambda known: known.get(key, "") in values


def _has(key: str) -> Callable[[Mapping[str, str]], bool]:
    return lambda known: bool(known.get(key))


def _is_free_run(known: Mapping[str, str]) -> bool:
    return known.get("source.kind", "") in CAMERAS and known.get("trigger.kind", "frame") in ("frame", "")


QUESTIONS = (
    _Question(
        "source.kind",
        "Where do frames come from: replay, folder, http, {} or {}?".format(", ".join(CAMERAS[:-1]), CAMERAS[-1]),
    ),
    _Question("source.path", "Which folder?", _is("source.kind", "replay", "folder")),
    _Question("camera.device", "Which device? (nothing: the first one)", _is("source.kind", "usb", "csi", "gige")),
    _Question("camera.url", "What is the address of the stream: rtsp://...?", _is("source.kind", "rtsp")),
    _Question("camera.user", "As which user? (nothing: none)", _is("source.kind", "rtsp")),
    _Question("camera.password_file", "Which file holds the password?", _has("camera.user")),
    _Question("camera.pipeline", "Which pipeline of GStreamer?", _is("source.kind", "pipeline")),
    _Question("source.rate_hz", "How many frames a second?", _is("source.kind", "replay")),
    _Question(
        "trigger.kind",
        "What is a part: frame, presence, mqtt, modbus, gpio or http?",
        _is("source.kind", "replay", "folder", *CAMERAS),
    ),
    _Question("parts.policy", "What gives way when parts come too fast? A camera does not wait: latest", _is_free_run),
    _Question("recipe.file", "Which recipe? (ocr-app recipe teach proposes one)"),
    _Question("journal.folder", "Which folder keeps the history?"),
    _Question("journal.board", "What is this board called?"),
    _Question("mqtt.host", "Which MQTT broker gets the results? (nothing: none)"),
    _Question("mqtt.user", "As which user? (nothing: none)", _has("mqtt.host")),
    _Question("mqtt.password_file", "Which file holds the password?", _has("mqtt.user")),
    _Question("trigger.topic", "Which MQTT topic is the trigger?", _is("trigger.kind", "mqtt")),
    _Question("modbus.listen", "Where does the Modbus server for a PLC listen: HOST:PORT, or none?"),
    _Question("plc.address", "Which PLC are verdicts written to: HOST:PORT, or none?"),
    _Question("reject.gpio", "What drives the pins of the reject gate: jetson or none?"),
    _Question("reject.pin", "Which pin lets a part pass?", _is("reject.gpio", "jetson")),
    _Question("reject.watchdog_pin", "Which pin is the watchdog? (0: none)", _is("reject.gpio", "jetson")),
    _Question("trigger.pin", "Which pin is the trigger?", _is("trigger.kind", "gpio")),
)


def write_new(path: str, given: Mapping[str, str], ask: Optional[Ask]) -> None:
    """Writes a file that was loaded and checked before it gets its name. ``ask``: None to ask nothing.

    Raises UsageError: a key or a value that does not fit, or a file that exists.
    """
    if os.path.lexists(path):
        raise UsageError("{} exists".format(path), "a new file", "ocr-app line init another.yaml")
    known = dict(given)
    _refuse_unknown(known)
    if ask is not None:
        for question in QUESTIONS:
            if question.key not in known and question.asked(known):
                known[question.key] = _answer(question, ask)
    text = render(known)
    _check_text(text, path)
    write_whole(path, text.encode("utf-8"))


def _answer(question: _Question, ask: Ask) -> str:
    default = _as_text(_default(question.key))
    return ask("{}{} ".format(question.text, " [{}]".format(default) if default else "")).strip() or default


def _fields() -> Dict[str, Any]:
    from ocr_app.line.settings.service import keys

    return {"{}.{}".format(section, field.name): field for section, field in keys()}


def _default(key: str) -> Any:
    default = _fields()[key].default
    return default.factory() if hasattr(default, "factory") else default


def _refuse_unknown(given: Mapping[str, str]) -> None:
    fields = _fields()
    for key in given:
        if key not in fields:
            raise UsageError(
                "unknown key {!r}{}".format(key, suggest(key, fields)), "SECTION.KEY", "docs/reference/settings.md"
            )


def render(known: Mapping[str, str]) -> str:
    """The file: each key that is not at its default, under a comment that says what it is."""
    fields, lines, section = _fields(), [_HEAD], ""
    for key, field in fields.items():
        if key not in known or known[key] == _as_text(_default(key)):
            continue
        if key.partition(".")[0] != section:
            section = key.partition(".")[0]
            lines.append("\n{}:\n".format(section))
        lines.append("  # {}\n  {}: {}\n".format(field.metadata["about"], field.name, _scalar(known[key])))
    return "".join(lines)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else "{:g}".format(value) if isinstance(value, float) else str(value)


def _scalar(text: str) -> str:
    """Lists and mappings as they are written; any other text in quotes, so that no sign of it means something."""
    if text[:1] in ("[", "{") or text.replace(".", "", 1).replace("-", "", 1).isdigit() or text in ("true", "false"):
        return text
    return json.dumps(text, ensure_ascii=False)


def _check_text(text: str, path: str) -> None:
    """Loads and checks the file under a temporary name beside ``path``, because its paths are relative to it."""
    from ocr_app.line.settings.checks import check
    from ocr_app.line.settings.service import load

    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise UsageError("{} is no folder".format(folder), "a folder that exists", "mkdir -p {}".format(folder))
    handle, draft = tempfile.mkstemp(prefix=".line-", suffix=".yaml", dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        settings = load(draft)
        if not settings.source.enabled:
            raise UsageError("no source", "--set source.kind=replay, folder or http", "ocr-app line init --help")
        check(settings)
    except UsageError as error:
        found = re.sub(re.escape(draft) + r"(:\d+)?:? *", "", error.found)  # that file is gone when this is read
        raise UsageError(found, error.expected, error.next_step) from error
    finally:
        os.remove(draft)
