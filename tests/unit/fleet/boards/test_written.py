"""The reference page and boards.json are those of releases.toml, and give each fact with its source."""

import json

from fleet.boards import written
from fleet.boards.table import load


def test_the_committed_files_are_fresh():
    assert written.page(load()) == written.PAGE.read_text()
    assert written.device(load()) == json.loads(written.DATA.read_text())


def test_writing_gives_both_files(tmp_path, monkeypatch):
    monkeypatch.setattr(written, "PAGE", tmp_path / "boards.md")
    monkeypatch.setattr(written, "DATA", tmp_path / "boards.json")
    assert written.main() == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["boards.json", "boards.md"]


def test_every_release_board_reason_and_source_is_on_the_page():
    page, table = written.page(load()), load()
    for series in table.series.values():
        assert f"| `{series.name}` | " in page and all(why in page for why in series.off.values())
    assert all(f"| `{board}` | " in page for board in table.boards)
    assert all(text in page for text in table.sources.values())
    assert "not known: the role power_mode is off there" in page


def test_a_board_without_published_peaks_has_none():
    data = written.device(load())["boards"]
    assert data["agx-thor"]["peaks"] is None
    assert data["nano"]["peaks"]["flops_per_s"] == {"fp32": 235.9e9, "fp16": 471.9e9}
