"""What a survey asks is what the roles ask; which roles it asks for is what Ansible's tags say."""

from pathlib import Path

import pytest

from fleet.plays import surveys
from fleet.plays.rules import BadRule

ANSIBLE = Path(__file__).resolve().parents[4] / "ansible"
ROLES = surveys.order(ANSIBLE / "provision.yml")


@pytest.mark.parametrize("role", ROLES)
def test_every_role_of_the_play_can_be_asked(role: str) -> None:
    audit = surveys.audit_of(ANSIBLE / "roles" / role)
    assert audit.questions and audit.observed and audit.constants
    assert all(question.register.startswith(f"{role}_") for question in audit.questions)
    assert set(audit.options) == set(audit.defaults)


def test_what_a_role_asks_and_compares() -> None:
    audit = surveys.audit_of(ANSIBLE / "roles" / "easyocr")
    assert [(question.module, question.register, question.conditions) for question in audit.questions] == [
        ("venv", "easyocr_observed", ("easyocr_enabled",)),
        ("observe", "easyocr_weights_observed", ("easyocr_enabled",)),
    ]
    assert audit.given == {} and audit.defaults["easyocr_opencv"]


def test_the_clock_is_asked_for_last() -> None:
    """Proofs of environments take longer than a clock may be wrong."""
    assert surveys.MODULES[-1] == "observe"


def role(folder: Path, text: str) -> Path:
    (folder / "tasks").mkdir()
    (folder / "tasks" / "verify.yml").write_text(text)
    return folder


def test_a_role_that_does_more_than_look_is_not_surveyed(tmp_path: Path) -> None:
    with pytest.raises(BadRule, match="does more than observe: ansible"):
        surveys.audit_of(role(tmp_path, "- {name: Do, ansible.builtin.command: reboot}\n- {name: Judge, rules: {}}\n"))


def test_a_role_that_does_not_judge_is_not_surveyed(tmp_path: Path) -> None:
    with pytest.raises(BadRule, match="does not end with the task rules"):
        surveys.audit_of(role(tmp_path, "- {name: Look, observe: {}, register: x}\n"))


@pytest.mark.parametrize(
    "run, skip, always, expected",
    [
        (["all"], [], ["a"], "abc"),
        (["b"], [], [], "b"),
        (["b"], [], ["a"], "ab"),
        (["b", "c"], ["c"], ["a"], "ab"),
        (["all"], ["a"], ["a"], "bc"),
        (["all"], ["always"], ["a"], "bc"),
        (["all"], ["all"], ["a"], "a"),
        (["tagged"], [], [], "abc"),
        (["untagged"], [], ["a"], "a"),
        (["all"], ["tagged"], ["a"], ""),
    ],
)
def test_tags_choose_roles_as_in_ansible(run: list[str], skip: list[str], always: list[str], expected: str) -> None:
    assert "".join(surveys.chosen("abc", run, skip, always)) == expected
