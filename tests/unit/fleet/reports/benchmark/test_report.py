"""The report from made-up runs: every table as text, every plot drawn, nothing loaded from elsewhere."""

import json
import re

from fleet.reports.benchmark import to_html, write_report
from tests.unit.fleet.reports.benchmark.measured import CONFIG


def test_the_page_is_whole_and_loads_nothing(document):
    page = to_html(document)
    assert page.count("<section") == len(document.sections)
    assert all(target.startswith(("#", "data:")) for target in re.findall(r'(?:src|href)="([^"]*)"', page))


def test_the_files_of_a_report(results, tmp_path):
    write_report(tmp_path, CONFIG, results)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plots", "report.html", "report.md", "summary.json"]
    assert json.loads((tmp_path / "summary.json").read_text())["schema"] == "nano-ocr/benchmark-summary/1"
