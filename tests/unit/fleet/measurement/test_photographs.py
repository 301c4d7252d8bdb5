"""`./inv photographs`: what is compared, and what is said of readers that cannot run."""

import json
from contextlib import ExitStack

import pytest

from fleet.core.errors import MatrixError
from fleet.core.toml import load_toml
from fleet.measurement import photographs
from fleet.measurement.matrix import MATRIX
from fleet.measurement.photographs import TurnsRequest, chosen_sets, seated
from ocr_app.core.errors import ReaderUnavailable

CONFIG = {
    "side_by_side": {
        "reference": "one",
        "threads": 1,
        "readers": ["one"],
        "photographs": ["real-photos"],
        "crops": ["real-dates"],
        "kinds": {"ed": "shop"},
    },
    "datasets": [
        {"name": "real-photos", "source": "not-here/photos.json"},
        {"name": "real-dates", "source": "data/nano-codes-100"},
    ],
}


def test_sets_are_named_with_and_without_their_prefix_and_missing_ones_are_left_out():
    assert [each.name for each in chosen_sets(CONFIG, TurnsRequest(limit=2))] == ["real-dates"]
    assert len(chosen_sets(CONFIG, TurnsRequest(sets=["dates"], limit=2))[0].dataset.samples) == 2
    with pytest.raises(MatrixError, match="no set called real-walls"):
        chosen_sets(CONFIG, TurnsRequest(sets=["walls"]))
    with pytest.raises(MatrixError, match="none of the sets is here"):
        chosen_sets(CONFIG, TurnsRequest(sets=["real-photos"]))


def test_a_reader_that_cannot_run_is_listed_with_its_reason(monkeypatch):
    class Seat:
        def __init__(self, name, threads):
            if name == "gone":
                raise ReaderUnavailable("no such library\nand more")
            self.name = name

        def __enter__(self):
            return self

        def __exit__(self, *exc):
            pass

    monkeypatch.setattr(photographs, "ReaderSeat", Seat)
    with ExitStack() as stack:
        seats, not_run = seated(stack, ["gone", "one"], 1)
        assert [seat.name for seat in seats] == ["one"]
        assert not_run == [{"reader": "gone", "reason": "no such library"}]
        with pytest.raises(MatrixError):
            seated(stack, ["gone"], 1)


def test_the_record_of_a_small_comparison_is_complete(tmp_path, capsys, monkeypatch):
    matrix = tmp_path / "matrix.toml"
    matrix.write_text("")
    config = dict(CONFIG, side_by_side=dict(CONFIG["side_by_side"], readers=["codes:v2"], reference="codes:v2"))
    monkeypatch.setattr(photographs, "load_toml", lambda path: config)
    photographs.main(TurnsRequest(limit=2), tmp_path / "out.json", matrix=matrix)
    record = json.loads((tmp_path / "out.json").read_text())
    assert record["schema"] == photographs.SCHEMA and record["threads"] == 1
    assert len(record["results"]["codes:v2"]["real-dates"]) == 2
    assert "real-dates: 2 crops" in capsys.readouterr().out


def record_of(*readers, sha256="1"):
    return {
        "sets": [{"name": "one", "images": 1, "sha256": sha256}],
        "readers": [{"reader": name} for name in readers],
        "results": {name: {"one": []} for name in readers},
        "passes": {},
    }


def test_readers_of_an_earlier_run_are_shown_unless_they_were_asked_again():
    shown = photographs.with_kept(record_of("new", "both"), record_of("old", "both"))
    assert list(shown["results"]) == ["old", "new", "both"] and shown["kept"] == ["old"]
    assert [entry["reader"] for entry in shown["readers"]] == ["old", "new", "both"]
    with pytest.raises(MatrixError, match="of other sets"):
        photographs.with_kept(record_of("new"), record_of("old", sha256="2"))


def test_two_runs_are_never_published_as_one(tmp_path):
    with pytest.raises(MatrixError, match="earlier run"):
        photographs.main(TurnsRequest(), keep=tmp_path / "earlier.json", publish=True)


def test_every_set_of_the_matrix_is_a_data_set_there():
    config = load_toml(MATRIX)
    known = {entry["name"] for entry in config["datasets"]}
    settings = config["side_by_side"]
    assert set(settings["photographs"] + settings["crops"]) <= known
    assert settings["reference"] in settings["readers"]
