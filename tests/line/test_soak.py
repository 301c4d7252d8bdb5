"""`./inv soak` for a minute: every fault happens once, and the record says what became of every part."""

import json

from fleet.live import soak


def test_a_line_with_faults_loses_and_doubles_nothing(mosquitto, tmp_path):
    assert soak.run(hours=55.0 / 3600.0, every_s=8.0, folder=tmp_path / "soak") == 0
    record = json.loads((tmp_path / "soak" / "soak.json").read_text())
    assert {"broker killed", "reading process killed", "broker stopped"} <= set(record["faults"])
    parts = record["parts"]
    assert parts["decided"] > 60 and parts["crashed"] <= 2 * record["faults"]["reading process killed"]
    assert record["reader_restarts"] >= 1 and record["usage"]["files_most"] > 3
    assert (tmp_path / "soak" / "soak.md").read_text() == soak.page(record)
