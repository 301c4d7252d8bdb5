"""Programs and files of the host: what fails is quoted in an error of the agent."""

import pytest

from node_agent.errors import HostError
from node_agent.host import commands


def test_the_output_of_a_command():
    assert commands.run(["echo", "one two"], 10.0) == "one two\n"
    assert commands.run(["sh", "-c", "echo out; exit 3"], 10.0, may_fail=True) == "out\n"


def test_a_failing_command_is_quoted_with_its_last_messages():
    with pytest.raises(HostError, match=r"sh -c '.*' \(exit code 3\): 2 / 3 / 4"):
        commands.run(["sh", "-c", "seq 4 >&2; exit 3"], 10.0)
    with pytest.raises(HostError, match="no message"):
        commands.run(["false"], 10.0)


def test_a_missing_and_a_silent_command_are_errors(monkeypatch, tmp_path):
    with pytest.raises(HostError, match=r"no answer within 0\.1 s: sleep 5"):
        commands.run(["sleep", "5"], 0.1)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HostError, match="cannot run docker") as caught:
        commands.run(["docker", "ps"], 10.0)
    assert caught.value.next_step == "apt install docker"


def test_files_are_written_read_and_removed(tmp_path):
    path = str(tmp_path / "new" / "release.env")
    commands.write_file(path, "A=1\n")
    assert commands.read_file(path) == "A=1\n" and [entry.name for entry in (tmp_path / "new").iterdir()] == [
        "release.env"
    ]
    commands.remove_file(path)
    commands.remove_file(path)
    with pytest.raises(HostError, match="cannot read"):
        commands.read_file(path)
