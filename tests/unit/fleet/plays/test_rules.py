"""Rules of nodes: what is written is judged, what is written wrongly is refused."""

import pytest

from fleet.plays.rules import BadRule, broken, evaluate, hints, sentence


def judged(**rule):
    return evaluate([{"id": "swap.file", "found": "a", "expected": "a", **rule}], "swap", "nano-01")[0]


def test_found_and_expected_decide_when_nothing_else_does():
    assert judged()["holds"] and not judged(found="b")["holds"]


@pytest.mark.parametrize(
    "value, holds", [(True, True), (False, False), ("True", True), ("false", False), (" true ", True)]
)
def test_holds_decides_when_it_is_there(value, holds):
    assert judged(found="other", holds=value)["holds"] is holds


@pytest.mark.parametrize("value", ["", "yes", "0", None, 1])
def test_a_condition_that_is_no_truth_value_is_the_role_s_fault(value):
    with pytest.raises(BadRule, match=r"swap\.file: holds is true or false"):
        judged(holds=value)


@pytest.mark.parametrize(
    "value, shown", [(True, "yes"), ([1, "b"], "1, b"), ("", "nothing"), (None, "nothing"), (0, "0"), ("a\n  b", "a b")]
)
def test_values_are_shown_on_one_line(value, shown):
    assert judged(found=value)["found"] == shown


def test_what_to_do_is_the_play_of_the_role_unless_it_is_said():
    assert judged()["next"] == "ansible-playbook provision.yml --tags swap --limit nano-01"
    assert judged(next="buy a disk")["next"] == "buy a disk"


def test_a_broken_rule_is_one_sentence():
    rule = judged(found="2 MiB", expected="6144 MiB", next="look")
    assert sentence(rule) == "swap.file: found 2 MiB; expected 6144 MiB; next: look"


def test_a_hint_is_told_and_is_no_failure():
    rule = judged(found="b", hint=True)
    assert broken([rule]) == [] and hints([rule]) == [rule]
    assert hints([judged(hint=True)]) == []


@pytest.mark.parametrize(
    "rule, message",
    [
        ({"id": "swap.file", "found": "a"}, "unknown or missing expected"),
        ({"id": "swap.file", "found": "a", "expected": "a", "hold": True}, "unknown or missing hold"),
        ({"id": "file", "found": "a", "expected": "a"}, "the id begins with the role, swap."),
        ("swap.file", "a rule is a dictionary"),
    ],
)
def test_a_rule_written_wrongly_is_refused(rule, message):
    with pytest.raises(BadRule, match=message):
        evaluate([rule], "swap", "nano-01")


def test_an_id_stands_once():
    rule = {"id": "swap.file", "found": "a", "expected": "a"}
    with pytest.raises(BadRule, match=r"rule written twice: swap\.file"):
        evaluate([rule, rule], "swap", "nano-01")
