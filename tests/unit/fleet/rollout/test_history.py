"""The story of each host of a deployment."""

import json

import pytest

from fleet.rollout.history import note, of_run, stories, touched


def test_a_story_only_grows_and_names_its_runs(tmp_path):
    note(tmp_path, "n1", "lost", "one")
    note(tmp_path, "n1", "committed", "one", why="")
    note(tmp_path, "n1", "stopped", "two", why="canary")
    story = stories(tmp_path)["n1"]
    assert [record["outcome"] for record in story] == ["lost", "committed", "stopped"]
    assert of_run(story, "one")["outcome"] == "committed" and of_run(story, "three") == {}
    with pytest.raises(ValueError, match="no outcome called"):
        note(tmp_path, "n1", "perhaps")


def test_what_never_began_is_not_touched(tmp_path):
    for outcome in ("stopped", "silent", "not begun"):
        note(tmp_path, "n1", outcome)
    assert not touched(stories(tmp_path)["n1"])
    note(tmp_path, "n1", "lost")
    assert touched(stories(tmp_path)["n1"])


def test_a_crash_in_the_middle_of_a_line_loses_that_line_only(tmp_path):
    note(tmp_path, "n1", "lost")
    with (tmp_path / "hosts" / "n1.jsonl").open("a") as stream:
        stream.write('{"host": "n1", "outc')
    assert [record["outcome"] for record in stories(tmp_path)["n1"]] == ["lost"]
    note(tmp_path, "n1", "committed")
    assert [record["outcome"] for record in stories(tmp_path)["n1"]] == ["lost", "committed"]


def test_the_files_of_earlier_versions_count(tmp_path):
    (tmp_path / "hosts").mkdir()
    (tmp_path / "hosts" / "n1.json").write_text(json.dumps({"host": "n1", "outcome": "committed"}))
    assert touched(stories(tmp_path)["n1"])
