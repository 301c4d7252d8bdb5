"""The support archive: what cannot be had is said in it, and secrets are hidden."""

import tarfile

import pytest

from node_agent import support
from node_agent.errors import OutsideError


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("password=hunter2 next", "password=(hidden) next"),
        ('{"api_key": "abc", "b": 1}', '{"api_key": "(hidden)", "b": 1}'),
        ("opening rtsp://admin:s3cret@10.0.0.7/stream", "opening rtsp://admin:(hidden)@10.0.0.7/stream"),
        ("Token: abc", "Token: (hidden)"),
        ("nothing to hide: 12:30", "nothing to hide: 12:30"),
    ],
)
def test_secrets_are_hidden(text, shown):
    assert support.hidden(text, support.plan()["hidden"]) == shown


def test_an_archive_comes_even_from_a_broken_node(tmp_path, monkeypatch):
    wanted = {
        "commands": {"gone.txt": ["no-such-program"], "said.txt": ["sh", "-c", "echo password=x; echo oops >&2"]},
        "files": [str(tmp_path / "absent")],
        "hidden": support.plan()["hidden"],
    }
    monkeypatch.setattr(support, "plan", lambda: wanted)
    monkeypatch.setattr(support, "_report", lambda node: "no report: Docker is gone")
    out = str(tmp_path / "support.tar.gz")
    support.collect(None, out)
    with tarfile.open(out) as archive:
        texts = {member.name: archive.extractfile(member).read().decode() for member in archive}
    assert texts["support/gone.txt"] == "cannot run no-such-program: No such file or directory\n"
    assert texts["support/said.txt"] == "password=(hidden)\noops\n"
    assert texts["support/files{}/absent".format(tmp_path)].startswith("cannot read")
    assert texts["support/report.json"] == "no report: Docker is gone"
    with pytest.raises(OutsideError, match="cannot write"):
        support.collect(None, str(tmp_path / "no" / "folder"))
