"""A new settings file from answers and given keys."""

import pytest

from ocr_app.cli.line import asking
from ocr_app.core.errors import UsageError
from ocr_app.line.settings.camera import CAMERAS
from ocr_app.line.settings.service import load

RECIPE = "name: a\nwitnesses: 1\ncodes: [{name: b, lines: [{name: c, fields: [{digits: 1, as: number}]}]}]\n"


@pytest.fixture
def path(tmp_path):
    (tmp_path / "r.yaml").write_text(RECIPE)
    return str(tmp_path / "line.yaml")


def test_only_what_is_needed_is_asked_and_an_empty_answer_keeps_the_default(path):
    answers = {"frames come from": "replay", "Which folder?": "in", "recipe": "r.yaml", "keeps the history": "j"}
    asked = []

    def ask(text):
        asked.append(text)
        return next((answer for part, answer in answers.items() if part in text), "")

    asking.write_new(path, {}, ask)
    settings = load(path)
    assert (settings.source.kind, settings.source.rate_hz, settings.trigger.kind) == ("replay", 2.0, "frame")
    assert settings.journal.folder.endswith("/j") and not settings.mqtt.enabled
    assert not [text for text in asked if "password" in text or "pin" in text.split()]
    assert any("[frame]" in text for text in asked)


def test_a_camera_is_asked_for_what_its_kind_needs(path):
    answers = {"frames come from": "rtsp", "address of the stream": "rtsp://cam/1", "recipe": "r.yaml", "history": "j"}
    answers.update({"gives way": "latest", "As which user": ""})
    asked = []

    def ask(text):
        asked.append(text)
        return next((answer for part, answer in answers.items() if part in text), "")

    asking.write_new(path, {}, ask)
    settings = load(path)
    assert (settings.source.kind, settings.camera.url, settings.parts.policy) == ("rtsp", "rtsp://cam/1", "latest")
    assert not [text for text in asked if "device" in text or "pipeline of" in text or "password" in text]
    assert asking.CAMERAS == CAMERAS


def test_keys_that_are_given_are_not_asked_for(path):
    given = {
        "source.kind": "http", "recipe.file": "r.yaml", "journal.folder": "j", "mqtt.host": "broker: 7 #1",
        "mqtt.user": "true", "mqtt.password_env": "P", "image.regions": "[[0, 0, 10, 10]]",
    }  # fmt: skip
    asking.write_new(path, given, None)
    settings = load(path)
    assert (settings.mqtt.host, settings.mqtt.user) == ("broker: 7 #1", "true")
    assert settings.image.regions == ((0, 0, 10, 10),)
    with open(path) as stream:
        text = stream.read()
    assert "  # Name or address of the broker" in text and "port" not in text


@pytest.mark.parametrize(
    "given,found",
    [
        ({"source.kin": "http"}, "unknown key 'source.kin', did you mean 'source.kind'"),
        ({"source.kind": "htp"}, "^source.kind is 'htp', did you mean 'http'"),
        ({"journal.folder": ""}, "without journal.folder"),
        ({"source.kind": "none"}, "no source"),
    ],
)
def test_what_does_not_fit_writes_nothing(path, tmp_path, given, found):
    good = {"source.kind": "http", "recipe.file": "r.yaml", "journal.folder": "j"}
    with pytest.raises(UsageError, match=found):
        asking.write_new(path, dict(good, **given), None)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["r.yaml"]


def test_no_file_is_overwritten_and_no_folder_is_made(path, tmp_path):
    (tmp_path / "line.yaml").write_text("mine")
    with pytest.raises(UsageError, match="exists"):
        asking.write_new(path, {}, None)
    with pytest.raises(UsageError, match="no folder"):
        asking.write_new(str(tmp_path / "none" / "line.yaml"), {"source.kind": "http"}, None)


def test_every_question_is_about_a_key():
    known = asking._fields()
    assert not [question.key for question in asking.QUESTIONS if question.key not in known]
