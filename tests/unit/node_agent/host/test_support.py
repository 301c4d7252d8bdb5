"""The support archive: it names what cannot be collected, and it hides secrets."""

import tarfile

import pytest

from node_agent.errors import HostError
from node_agent.host import support


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
    assert support.hide_secrets(text, support.plan()["hidden"]) == shown


def test_a_broken_node_gives_an_archive_too(tmp_path, monkeypatch):
    wanted = {
        "commands": {"gone.txt": ["no-such-program"], "shown.txt": ["sh", "-c", "echo password=x; echo oops >&2"]},
        "files": [str(tmp_path / "absent")],
        "hidden": support.plan()["hidden"],
    }
    monkeypatch.setattr(support, "plan", lambda: wanted)
    out = str(tmp_path / "support.tar.gz")
    support.collect("no report: Docker is gone", out)
    with tarfile.open(out) as archive:
        texts = {member.name: archive.extractfile(member).read().decode() for member in archive}
    assert texts["support/gone.txt"] == "cannot run no-such-program: No such file or directory\n"
    assert texts["support/shown.txt"] == "password=(hidden)\noops\n"
    assert texts["support/files{}/absent".format(tmp_path)].startswith("cannot read")
    assert texts["support/report.json"] == "no report: Docker is gone"
    with pytest.raises(HostError, match="cannot write"):
        support.collect("", str(tmp_path / "no" / "folder"))


def test_files_are_taken_up_to_eight_mebibytes(tmp_path):
    (tmp_path / "log").write_bytes(b"a" * (9 << 20))
    assert support._contents(str(tmp_path / "log")) == "a" * (8 << 20)
