"""The tables of a comparison over photographs and crops."""

import json

from fleet.reports import photographs


def image(name, lines, ms):
    return {"id": name, "lines": lines, "ms": ms, "cpu_ms": ms, "error": None}


RECORD = {
    "threads": 1,
    "reference": "slow",
    "kinds": {"ed": "shop", "gb": "dots"},
    "photographs": ["one", "two"],
    "sets": [{"name": "one"}, {"name": "two"}, {"name": "crops"}],
    "readers": [{"reader": "slow", "peak_mb": 200.0}, {"reader": "fast", "peak_mb": 100.0}],
    "not_run": [{"reader": "gone", "reason": "not installed"}],
    "kept": ["fast"],
    "passes": {
        "fast": {
            "one": [{"good": True, "grade": "right"}, {"good": True, "grade": None}],
            "two": [{"good": False, "grade": "part"}],
        }
    },
    "environment": {"cpu": "a processor", "system": "Linux", "arch": "x86_64"},
    "results": {
        "slow": {
            "one": [image("ed_1", [[1, 1, 1], [1, 0, 0]], 100.0)],
            "two": [image("gb_2", [[1, 1, 1]], 300.0)],
            "crops": [image("c", [[1, 1, 1]], 10.0)],
        },
        "fast": {
            "one": [image("ed_1", [[1, 1, 1], [1, 1, 1]], 50.0)],
            "two": [image("gb_2", [[0, 0, 0]], 50.0)],
            "crops": [image("c", [[1, 1, 0]], 5.0)],
        },
    },
}


def test_each_set_all_pooled_the_kinds_and_the_crops_have_a_table():
    titles = [title for title, _, _ in photographs.tables(RECORD)]
    assert titles == [
        "one: 1 photographs, 2 lines",
        "two: 1 photographs, 1 lines",
        "one and two: 2 photographs, 3 lines",
        "Lines read by kind of print",
        "crops: 1 crops",
    ]


def test_times_are_multiples_of_the_reference_in_the_same_run():
    rows = photographs.photograph_rows(RECORD, ["one", "two"])
    assert rows[0] == ["slow", "100.0 %", "66.7 %", "66.7 %", "1", "200", "290", "1.00", "200", "1.00", "200", "-", "-"]
    assert rows[1][:8] == ["fast (kept)", "66.7 %", "66.7 %", "66.7 %", "1", "50", "50", "0.25"]


def test_passes_are_those_of_good_codes_and_parts_are_wrong():
    rows = photographs.photograph_rows(RECORD, ["one", "two"])
    assert [row[-2:] for row in rows] == [["-", "-"], ["1 of 2", "1"]]


def test_without_the_reference_there_are_no_multiples():
    rows = photographs.photograph_rows(dict(RECORD, reference="another"), ["one"])
    assert rows[0][7] == "-"


def test_kinds_are_rows_and_readers_columns():
    head, rows = photographs.kind_table(RECORD)
    assert head == ["kind", "photos", "lines", "slow", "fast"]
    assert rows == [["shop", "1", "2", "50.0 %", "100.0 %"], ["dots", "1", "1", "100.0 %", "0.0 %"]]


def test_crops_count_exact_texts():
    assert photographs.crop_rows(RECORD, "crops")[1][:3] == ["fast (kept)", "0 of 1", "1 of 1"]


def test_what_was_not_run_is_named_in_both_forms():
    for form in (photographs.text(RECORD), photographs.page(RECORD)):
        assert "Not run: gone: not installed" in form


def test_the_readme_has_a_row_for_each_reader_beside_the_reference(tmp_path, monkeypatch):
    monkeypatch.setattr(photographs, "format_machine", lambda environment: environment["cpu"])
    crops = {"real-dates": [image("d", [[1, 1, 1]], 1.0)], "real-lines": [image("l", [[1, 0, 0]], 1.0)]}
    record = {
        **RECORD,
        "created": "2026-11-30T01:02:03Z",
        "reference": "a",
        "photographs": ["one"],
        "results": {
            "a": {"one": [image("ed_1", [[1, 1, 1], [1, 0, 0]], 40.0)], **crops},
            "b": {"one": [image("ed_1", [[1, 1, 1], [1, 1, 1]], 60.0)], **crops},
        },
    }
    (tmp_path / "photographs.json").write_text(json.dumps(record))
    table = photographs.summary(tmp_path / "run", tmp_path / "README.md").splitlines()
    assert table[2] == "| a | 1 of 1 | 0 of 1 | 100.0 % | 50.0 % | 0 | 40 | 1.00 |"
    assert table[3] == "| b | 1 of 1 | 0 of 1 | 100.0 % | 100.0 % | 1 | 60 | 1.50 |"
    assert "on a processor" in table[-1] and "1 with 2 lines" in table[-1] and "2026-11-30" in table[-1]
