"""Lines per second of recognisers, which read in turns."""

import pytest
from grey_lines import Levels

from ocr_app.benchmark import speed
from ocr_app.core.errors import UsageError


def measured(greys, rounds=2):
    readers = {"one": Levels(), "two": Levels()}
    return readers, speed.measure(readers, [greys], 1, rounds, lambda message: None)


def test_every_reader_reads_every_crop_in_every_round(greys):
    readers, record = measured(greys)
    warm_up_and_rounds = 1 + 2
    for reader in readers.values():
        assert reader.calls == [1, 1, 1] * warm_up_and_rounds + [3] * warm_up_and_rounds
    assert (record["crops"], record["rounds"], record["threads"]) == (3, 2, 1)
    assert set(record["batches"]) == {"1", "3"}


def test_ratios_are_those_of_medians_against_the_first_reader():
    passes = {"a": [(1.0, 0.5), (2.0, 1.0), (9.0, 1.5)], "b": [(8.0, 0.0), (4.0, 0.0), (6.0, 0.0)]}
    both = speed._summary({name: [speed.SpeedPass(*each) for each in its] for name, its in passes.items()}, 12)
    assert both["recognise"]["a"]["lines_per_s"] == 12.0 and both["recognise"]["b"] is None
    summary = both["whole"]
    assert summary["a"] == {"lines_per_s": 6.0, "least": 1.33, "most": 12.0, "first_is_faster_by": 1.0}
    assert summary["b"] == {"lines_per_s": 2.0, "least": 1.5, "most": 3.0, "first_is_faster_by": 3.0}


def test_too_few_crops_make_no_valid_measurement(greys):
    _, record = measured(greys)
    assert not record["valid"]
    assert "too-few-samples" in [reason["code"] for reason in record["invalid_reasons"]]
    with pytest.raises(UsageError):
        measured(greys, 0)
