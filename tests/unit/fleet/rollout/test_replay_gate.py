"""A deployment that demands a replay is refused in plain words, unless the replay allows this very release."""

import json

import pytest

from fleet.core.errors import DeployError
from fleet.rollout import replay_gate
from fleet.rollout.replay_gate import ReplayRules
from ocr_app.replay.comparing import KINDS

RELEASE = "1" * 64
RULES = ReplayRules(required=True, least_pictures=100, most_new_passes=0, most_changed=0.01, most_unread=0.0)


def about(kind, digest):
    return {"kind": kind, "name": "ocr-app 1", "digest": digest, "recipe": "r.yaml"}


@pytest.fixture
def report(tmp_path):
    """(kinds, changes of the record) -> report.json of 200 pictures."""

    def make(counted=None, **changes):
        counts = {**dict.fromkeys(KINDS, 0), **(counted or {})}
        changed = sum(counts[kind] for kind in ("new-pass", "other-text", "lost-pass", "other-reject"))
        counts["same"] = changes.get("pictures", 200) - sum(counts.values())
        against = {"kind": "release", "name": "ocr-app 2", "digest": RELEASE, "recipe": "r.yaml"}
        record = {
            "schema": "nano-ocr/replay-report/1", "against": against, "complete": True, "pictures": 200, "done": 200,
            "changed": changed, "kinds": counts,
        }  # fmt: skip
        path = tmp_path / "report.json"
        path.write_text(json.dumps({**record, "done": changes.get("pictures", 200), **changes}))
        return path

    return make


def test_a_replay_within_the_bounds_is_one_line_of_the_record(report):
    said = replay_gate.check(report({"lost-pass": 2}), RELEASE, RULES)
    assert said == "replay of 200 pictures: 2 is rejected now, and passed, 198 is judged as before"


def test_without_a_replay_the_rules_decide():
    with pytest.raises(DeployError, match="no replay of this release") as error:
        replay_gate.check(None, RELEASE, RULES)
    assert "--replay report.json" in str(error.value) and "./inv replay unpack" in str(error.value)
    assert replay_gate.check(None, RELEASE, replay_gate.rules_of()) == "", "the rules of the repository demand none"


@pytest.mark.parametrize("kind", ["new-pass", "other-text"])
def test_the_dangerous_direction_has_a_bound_of_its_own(report, kind):
    with pytest.raises(DeployError, match="rejected pictures pass now") as error:
        replay_gate.check(report({kind: 1}), RELEASE, RULES)
    assert "most_new_passes" in str(error.value) and "report.html" in str(error.value)


@pytest.mark.parametrize(
    "kinds, words",
    [
        ({"lost-pass": 3}, "3 of 200 pictures have another verdict"),
        ({"other-reject": 3}, "3 of 200 pictures have another verdict"),
        ({"unread": 1}, "1 of 200 pictures could not be read"),
    ],
)
def test_more_than_the_bound_is_refused(report, kinds, words):
    with pytest.raises(DeployError, match=words):
        replay_gate.check(report(kinds), RELEASE, RULES)


def test_what_the_line_rejected_is_no_change(report):
    assert "rejected by the line" in replay_gate.check(report({"after-line": 50}), RELEASE, RULES)


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"against": about("release", "2" * 64)}, "another release: ocr-app 1"),
        ({"against": about("recipe", RELEASE)}, "recipe r.yaml alone"),
        ({"complete": False}, "is incomplete"),
        ({"pictures": 99}, "99 pictures"),
        ({"schema": "nano-ocr/replay-report/2"}, "no report of a replay by this version"),
        ({"kinds": {}}, "no report of a replay by this version"),
        ({"done": 150}, "no report of a replay by this version"),
        ({"against": {}}, "no report of a replay by this version"),
    ],
)  # fmt: skip
def test_another_or_a_half_replay_is_refused(report, changes, words):
    with pytest.raises(DeployError, match=words):
        replay_gate.check(report(**changes), RELEASE, RULES)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 1, "kinds": 2}'])
def test_what_is_no_report_is_refused(tmp_path, text):
    (tmp_path / "r.json").write_text(text)
    with pytest.raises(DeployError, match="no report of a replay"):
        replay_gate.check(tmp_path / "r.json", RELEASE, RULES)
    with pytest.raises(DeployError, match="no report of a replay"):
        replay_gate.check(tmp_path / "absent.json", RELEASE, RULES)


@pytest.mark.parametrize(
    "change, words",
    [
        (("required = false", ""), "least_pictures"),
        (("required = false", "required = 0"), "required has no usable value"),
        (("most_changed = 0.01", 'most_changed = "1 %"'), "most_changed has no usable value"),
        (("most_unread = 0.0", "most_unread = -1"), "most_unread has no usable value"),
        (("[replay]", "[other]"), "nothing"),
    ],
)
def test_rules_that_are_none_are_named(tmp_path, change, words):
    text = replay_gate.RULES.read_text(encoding="utf-8")
    assert change[0] in text
    (tmp_path / "rules.toml").write_text(text.replace(*change))
    with pytest.raises(DeployError, match=words):
        replay_gate.rules_of(tmp_path / "rules.toml")
    with pytest.raises(DeployError, match="does not exist"):
        replay_gate.rules_of(tmp_path / "absent.toml")
