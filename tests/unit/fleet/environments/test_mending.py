"""A wheel whose RECORD is not true is copied with a true one, and with nothing else changed."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

from fleet.core.files import sha256_of
from fleet.environments.mending import with_true_record
from tests.unit.fleet.wheelfiles import digest, wheel


def test_only_the_wrong_entries_change_and_two_copies_are_equal(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    metadata = "torch-1.10.1.dist-info/METADATA"
    old = wheel(tmp_path, version="1.10.1", files={"torch/lib.so": b"1" * 3000}, spoil=metadata)
    new, again = tmp_path / "new" / old.name, tmp_path / "new" / "again.whl"
    assert with_true_record(old, new) == [metadata]
    assert with_true_record(old, again) == [metadata]
    assert sha256_of(new) == sha256_of(again)
    with zipfile.ZipFile(old) as before, zipfile.ZipFile(new) as after:
        names = [name for name in before.namelist() if not name.endswith("RECORD")]
        assert {name: before.read(name) for name in names} == {name: after.read(name) for name in names}
        rows = {
            row[0]: row[1:] for row in csv.reader(after.read("torch-1.10.1.dist-info/RECORD").decode().splitlines())
        }
        for name in names:
            assert rows[name] == [f"sha256={digest(after.read(name))}", str(len(after.read(name)))]
    assert with_true_record(new, again) == []
    assert [path.name for path in (tmp_path / "new").glob("*.partial")] == []
