"""The reference page is made from the classes, and the committed one is up to date."""

from pathlib import Path

from ocr_app.line.settings import reference
from ocr_app.line.settings.service import keys, load

ROOT = Path(__file__).resolve().parents[5]


def test_every_key_has_a_row():
    page = reference.page()
    for section, field in keys():
        below = page.partition("## `{}`".format(section))[2].partition("\n## ")[0]
        (row,) = [line for line in below.splitlines() if line.startswith("| `{}` |".format(field.name))]
        assert field.metadata["about"] in row and field.metadata["flag"] in row


def test_rows_show_default_unit_and_bounds():
    page = reference.page()
    assert "| `queue` | `8` images | a whole number from 1 to 10000 images | `--queue` |" in page
    assert "| `device` | `cpu` | `cpu`, `cuda` | `--device` |" in page
    assert "| `heartbeat_s` | `1` s | a number from 0.05 to 5 s |  |" in page
    assert "| `build_engines` | `false` | true or false |" in page


def test_the_example_of_the_page_is_a_settings_file(tmp_path):
    lines = [line[4:] for line in reference.page().splitlines() if line.startswith("    ")]
    (tmp_path / "line.yaml").write_text("\n".join(lines) + "\n")
    assert load(str(tmp_path / "line.yaml")).reader.threads == 4


def test_the_page_is_written_below_the_checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(reference, "HOME", str(tmp_path))
    (tmp_path / "docs" / "reference").mkdir(parents=True)
    assert reference.main() == 0
    assert (tmp_path / "docs" / "reference" / "settings.md").read_text(encoding="utf-8") == reference.page()
