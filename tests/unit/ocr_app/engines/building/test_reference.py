"""What the model itself reads, kept for the next build."""

import os

import pytest

from ocr_app.engines.building import comparison, reference
from ocr_app.engines.building.reference import WORK, StepRequest

pytest.importorskip("onnxruntime")


@pytest.fixture
def step_request(tmp_path, code_models):
    folders = [str(tmp_path / name) for name in ("exports", "plans", "engines")]
    os.makedirs(os.path.join(folders[2], WORK))
    return StepRequest(
        "measure", "codes-recogniser", "fp32", "onnxruntime", folders[0], folders[1], ["data/nano-codes-100"], 2, 64, 1,
        folders[2], str(tmp_path / "answer.json"),
    )  # fmt: skip


def test_the_images_are_read_once(step_request, monkeypatch):
    job = reference.job_of(step_request)
    first = reference.reference(step_request, job)
    assert len(first.items) == 2 and all(first.texts) and first.sets[0]["items"] == 2
    assert first.identity.network == "codes-recogniser" and first.identity.platform.target == "onnxruntime"
    assert first.identity.profile.best[0] == 3, "the three lines of a frame"
    monkeypatch.setattr(comparison, "texts", lambda *arguments: pytest.fail("read again"))
    again = reference.reference(step_request, job)
    assert (again.texts, again.identity) == (first.texts, first.identity)


def test_other_images_are_read_anew(step_request):
    job = reference.job_of(step_request)
    reference.reference(step_request, job)
    assert len(reference.reference(step_request._replace(limit=3), job).texts) == 3
    assert len(os.listdir(os.path.join(step_request.folder, WORK))) == 2


def test_a_damaged_file_is_read_anew(step_request):
    job = reference.job_of(step_request)
    texts = reference.reference(step_request, job).texts
    (name,) = os.listdir(os.path.join(step_request.folder, WORK))
    with open(os.path.join(step_request.folder, WORK, name), "w") as stream:
        stream.write("{")
    assert reference.reference(step_request, job).texts == texts
