"""The run record: written, loaded, and its parts."""

import pytest

from ocr_app.benchmark.observe import Observation
from ocr_app.benchmark.record import image_record, load_run, save_run, verdicts_of
from ocr_app.benchmark.runner import RunSettings, run
from ocr_app.core.errors import ResultError

QUICK = RunSettings(warm_up=2)


def test_a_record_survives_the_disk(dataset, good_reader, tmp_path):
    record = run(dataset, good_reader, QUICK)
    save_run(record, str(tmp_path / "deep" / "run.json"))
    assert load_run(str(tmp_path / "deep" / "run.json")) == record


@pytest.mark.parametrize(
    "text, message",
    [
        ("{", "run.json"),
        ("[]", "schema list"),
        ('{"schema": "x/1"}', "schema x/1"),
        ('{"schema": "nano-ocr/run/1"}', "missing created"),
    ],
)
def test_what_is_no_record_is_refused(tmp_path, text, message):
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(ResultError, match=message):
        load_run(str(tmp_path / "run.json"))


def observation(sample, verdict="error", **changes):
    seen = Observation(sample, (), ({"total": 2.0}, {"total": 4.0}), True, None, verdict)
    return seen._replace(**changes)


def test_an_image_without_texts_keeps_its_scores_and_times(dataset):
    record = image_record(observation(dataset.samples[0]), complete=True, crop="box", with_texts=False)
    assert (record["truth"], record["lines"]) == (None, None)
    assert record["ms"] == {"total": [2.0, 3.0]} and record["scores"]["nospace"][:2] == [0, 1.0]


def test_passes_with_a_wrong_text_are_counted(dataset):
    verdicts = verdicts_of(dataset, [observation(sample, "pass") for sample in dataset.samples])
    assert verdicts["pass"] == 3 and verdicts["wrong_passes"] == 3 and verdicts["error"] == 0
    assert verdicts_of(dataset._replace(complete=False), [])["wrong_passes"] is None
