"""The committed page of the settings is what the classes generate."""

from fleet.site import reference


def test_the_committed_page_is_the_generated_one():
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(), "run ./inv docs"


def test_it_is_written_where_errors_point(tmp_path, monkeypatch):
    monkeypatch.setattr(reference, "PAGE", tmp_path / "page.md")
    assert reference.main() == 0
    assert "## `collect`" in (tmp_path / "page.md").read_text(encoding="utf-8")
