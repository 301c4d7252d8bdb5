"""The challenge set, read by the service as a program."""

import json
import shutil

import pytest


@pytest.fixture
def challenge(tmp_path, picture):
    """(text) -> a set of two images that have to give it."""

    def make(text):
        folder = tmp_path / "challenge"
        (folder / "images").mkdir(parents=True)
        for name in ("a.png", "b.png"):
            (folder / "images" / name).write_bytes(picture(1))
        entries = [{"image": name, "verdict": "pass", "text": text} for name in ("a.png", "b.png")]
        (folder / "expected.json").write_text(json.dumps(entries))
        return str(folder)

    return make


def test_a_challenge_that_passes_makes_ready_and_leaves_its_lines(fake, recipe, challenge, picture):
    served = fake("--recipe", recipe, "--challenge", challenge("AB7")).ready()
    assert "challenge_failed" not in served.health()["degraded"]
    lines = (served.runtime / "challenge.jsonl").read_text().splitlines()
    assert [(json.loads(line)["verdict"], json.loads(line)["text"]) for line in lines] == [("pass", "AB7")] * 2
    status, record = served.ask("POST", "/challenge", body=b"")
    assert (status, record["passed"], record["images"], record["differences"]) == (200, True, 2, [])
    assert served.read(picture(1))[1]["verdict"] == "pass"


def test_a_challenge_that_fails_degrades_and_nothing_passes(fake, recipe, challenge, picture):
    served = fake("--recipe", recipe, "--challenge", challenge("AB8")).ready()
    assert "challenge_failed" in served.health()["degraded"]
    result = served.read(picture(1))[1]
    assert result["verdict"] == "hold" and result["reasons"][0] == "challenge-failed"
    record = served.ask("POST", "/challenge", body=b"")[1]
    assert not record["passed"] and record["differences"][0] == "a.png: pass 'AB7', expected pass 'AB8'"


def test_a_challenge_without_expectations_fails(fake, recipe, tmp_path):
    served = fake("--recipe", recipe, "--challenge", str(tmp_path)).ready()
    assert "challenge_failed" in served.health()["degraded"] and "expected.json" in served.said()


def test_a_real_challenge_of_the_bundled_samples(serve, tools, tmp_path, code_models):
    from ocr_app.line.selfcheck import samples

    entries = samples.expectations()["images"]
    (tmp_path / "set" / "images").mkdir(parents=True)
    for entry in entries:
        shutil.copy(str(tools.SAMPLES / entry["image"]), str(tmp_path / "set" / "images"))
    (tmp_path / "set" / "expected.json").write_text(json.dumps(entries))
    served = serve("--recipe", str(tools.RECIPE), "--challenge", str(tmp_path / "set")).ready()
    assert "challenge_failed" not in served.health()["degraded"] and 'event="challenge passed"' in served.said()
