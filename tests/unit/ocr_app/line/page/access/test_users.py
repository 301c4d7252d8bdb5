"""Users are a file of its owner alone, with secrets that cannot be read back."""

import json
import os

import pytest

from ocr_app.core.errors import ServiceError, UsageError
from ocr_app.line.page.access import users
from ocr_app.line.page.access.users import ENGINEER, OPERATOR, VIEWER, PageUsers

PIN, PASSWORD = "482915", "correct horse battery"


@pytest.fixture
def path(tmp_path):
    users.add(str(tmp_path / "u.json"), "anna", OPERATOR, PIN)
    return str(tmp_path / "u.json")


def test_a_secret_fits_its_hash_alone_and_is_not_in_the_file(path):
    user = users.load(path)["anna"]
    assert users.fits(PIN, user.secret) and not users.fits("482916", user.secret)
    with open(path) as stream:
        assert PIN not in stream.read()
    assert os.stat(path).st_mode & 0o777 == 0o600


def test_equal_secrets_have_unequal_hashes():
    assert users.hashed(PIN) != users.hashed(PIN)


def test_nobody_has_no_secret():
    assert users.NOBODY.name == "" and not users.fits("guess", users.NOBODY.secret)


def test_a_user_is_exchanged_and_removed(path):
    users.add(path, "anna", ENGINEER, PASSWORD)
    assert users.roles_of(users.load(path)) == ["anna                     engineer"]
    users.remove(path, "anna")
    assert users.load(path) == {}
    with pytest.raises(UsageError, match="no user 'anna'"):
        users.remove(path, "anna")


@pytest.mark.parametrize("role, name, secret, problem", [
    (OPERATOR, "a", "48291", "5 digits"), (OPERATOR, "a", "abcdef", "digits only"),
    (OPERATOR, "a", "", "digits only"),
    (OPERATOR, "a", "111111", "guessed"), (OPERATOR, "a", "123456", "guessed"), (OPERATOR, "a", "987654", "guessed"),
    (OPERATOR, "a", "890123", "guessed"), (OPERATOR, "a", "121212", "guessed"),
    (OPERATOR, "a", "\u0664" * 6, "digits only"),
    (ENGINEER, "a", "short", "5 characters"), (ENGINEER, "a", "aaaaaaaaaaaa", "guessed"),
    (VIEWER, "robert", "robert1234xyz", "guessed"), (ENGINEER, "a", "x" * 201, "more than 200"),
])  # fmt: skip
def test_a_weak_secret_is_refused(tmp_path, role, name, secret, problem):
    assert problem in users.weakness(role, name, secret)
    with pytest.raises(UsageError):
        users.add(str(tmp_path / "u.json"), name, role, secret)
    assert not (tmp_path / "u.json").exists()


@pytest.mark.parametrize("name", ["", "a b", "<b>", "../a", "a" * 41, "-a", "a\n"])
def test_a_wrong_name_is_refused(tmp_path, name):
    with pytest.raises(UsageError, match="the name"):
        users.add(str(tmp_path / "u.json"), name, ENGINEER, PASSWORD)


@pytest.mark.parametrize("damage", [
    lambda record: record.update(schema="x"), lambda record: record["users"]["anna"].update(role="root"),
    lambda record: record["users"]["anna"].update(secret="plain"), lambda record: record.update(users=[]),
    lambda record: record["users"]["anna"].update(secret="pbkdf2-sha256$1$AAAA$AAAA"),
])  # fmt: skip
def test_a_damaged_file_is_refused(path, damage):
    with open(path) as stream:
        record = json.load(stream)
    damage(record)
    with open(path, "w") as stream:
        json.dump(record, stream)
    with pytest.raises(ServiceError):
        users.load(path)


def test_a_file_that_others_may_change_is_refused_and_one_they_may_read_is_weak(path):
    os.chmod(path, 0o644)
    assert "others may read" in users.weaknesses(path)[0]
    os.chmod(path, 0o620)
    with pytest.raises(ServiceError, match="others may change"):
        users.load(path)
    with pytest.raises(ServiceError, match="No such file"):
        users.load(path + "x")


def test_a_file_without_anyone_who_may_act_is_weak(tmp_path):
    users.add(str(tmp_path / "u.json"), "v", VIEWER, PASSWORD)
    assert "nobody can acknowledge" in users.weaknesses(str(tmp_path / "u.json"))[0]


def test_roles_rise():
    assert users.may(ENGINEER, OPERATOR) and users.may(OPERATOR, OPERATOR) and not users.may(VIEWER, OPERATOR)
    assert not users.may("", VIEWER) and not users.may("root", VIEWER)


def test_changes_are_seen_and_a_file_that_is_gone_lets_nobody_in(path):
    people = PageUsers(path)
    assert set(people.current()) == {"anna"}
    users.add(path, "erik", ENGINEER, PASSWORD)
    assert set(people.current()) == {"anna", "erik"}
    os.remove(path)
    assert people.current() == {} and people.current() == {}
