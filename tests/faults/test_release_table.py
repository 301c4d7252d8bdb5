"""The published table is what the enumeration gives today."""

from pathlib import Path

import table


def test_docs_results_faults_is_fresh():
    assert Path(table.PAGE).read_text(encoding="utf-8") == table.page(), ".venv/bin/python tests/faults/table.py"
