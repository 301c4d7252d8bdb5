"""Every role has the form that ansible/README.md describes; playbooks and roles agree."""

import re
from pathlib import Path

import pytest
import yaml

ANSIBLE = Path(__file__).resolve().parents[3] / "ansible"
# roles that only lend their task files to others have no verify.yml
ROLES = sorted(path.parents[1].name for path in ANSIBLE.glob("roles/*/tasks/verify.yml"))
SYSTEM = ("preflight", "time_sync", "power_mode", "swap", "headless", "hardening")
OWN = {path.stem for folder in ("library", "plugins/action") for path in (ANSIBLE / folder).glob("*.py")}
TYPES = {"int": int, "bool": bool, "str": str, "path": str, "list": list, "dict": dict, "float": float}


def load(path):
    return yaml.safe_load((ANSIBLE / path).read_text()) if (ANSIBLE / path).exists() else None


def tasks(role):
    """Every task of a role, those inside of blocks too: (file name, task)."""
    for path in sorted((ANSIBLE / "roles" / role / "tasks").glob("*.yml")):
        yield from ((path.name, task) for task in flat(load(path) or []))


def flat(some):
    for task in some:
        yield task
        for key in ("block", "rescue", "always"):
            yield from flat(task.get(key, []))


def rules_of(role):
    """The ids in the module of a role, and in what it imports for its own rules."""
    text = policy(role)
    ids = set(re.findall(rf'"({role}\.\w+)"', text))
    shared = {"judged": ("packages", "proofs"), "found_by_the_application": ("reader",), "weighed": ("weights",)}
    called = [names for function, names in shared.items() if f"environments.{function}(" in text]
    return ids | {f"{role}.{name}" for names in called for name in names}


def policy(role):
    """The Python of a role's rules."""
    folder = ANSIBLE / "plugins" / "rules"
    names = [role, "breakages"] if role == "container_runtime" else [role]
    return "".join((folder / f"{name}.py").read_text() for name in names)


@pytest.mark.parametrize("role", ROLES)
def test_argument_specs_equal_defaults(role):
    defaults = load(f"roles/{role}/defaults/main.yml") or {}
    options = load(f"roles/{role}/meta/argument_specs.yml")["argument_specs"]["main"].get("options", {})
    assert {name: option.get("default") for name, option in options.items()} == defaults
    for name, option in options.items():
        assert isinstance(option["default"], TYPES[option["type"]]), name
        assert option["description"], name


@pytest.mark.parametrize("role", ROLES)
def test_public_variables_begin_with_the_role_and_private_ones_with_an_underscore(role):
    assert all(name.startswith(role + "_") for name in load(f"roles/{role}/defaults/main.yml") or {})
    assert all(name.startswith(f"_{role}_") for name in load(f"roles/{role}/vars/main.yml") or {})


@pytest.mark.parametrize("role", ROLES)
def test_verify_only_observes_and_compares(role):
    for task in load(f"roles/{role}/tasks/verify.yml"):
        assert set(task) & {*OWN, "ansible.builtin.include_tasks", "ansible.builtin.import_tasks"}, task["name"]
        if "rules" in task:
            assert task["register"] == f"{role}_verdict"
        if "observe" in task:
            assert task["register"].startswith(f"{role}_")
    assert load(f"roles/{role}/vars/main.yml")[f"_{role}_enforce"] == "never"


@pytest.mark.parametrize("role", [role for role in ROLES if role != "preflight"])
def test_work_is_done_only_out_of_spec_and_is_proved(role):
    main, converge = (load(f"roles/{role}/tasks/{name}.yml") for name in ("main", "converge"))
    assert main[0]["ansible.builtin.import_tasks"] == "verify.yml"
    assert any(task.get("when") == f"not {role}_verdict.in_spec" for task in main[1:])
    proofs = [task for task in converge if task.get("ansible.builtin.import_tasks") == "verify.yml"]
    assert [task["vars"] for task in proofs] == [{f"_{role}_enforce": "converged"}]
    assert (ANSIBLE / "roles" / role / "tasks" / "reset.yml").exists()


@pytest.mark.parametrize("role", SYSTEM)
def test_every_public_variable_shows_in_what_is_observed_or_compared(role):
    folder = ANSIBLE / "roles" / role
    parts = ["vars/main.yml", "tasks/verify.yml", *(f"templates/{path.name}" for path in folder.glob("templates/*"))]
    text = policy(role) + "".join((folder / part).read_text() for part in parts)
    assert [name for name in load(f"roles/{role}/defaults/main.yml") or {} if name not in text] == []


@pytest.mark.parametrize("role", ROLES)
def test_no_public_variable_is_without_use(role):
    files = [path for part in ("vars", "tasks", "templates") for path in ANSIBLE.glob(f"roles/{role}/{part}/*")]
    text = policy(role) + "".join(path.read_text() for path in files)
    assert [name for name in load(f"roles/{role}/defaults/main.yml") or {} if name not in text] == []


@pytest.mark.parametrize("role", ROLES)
def test_only_builtin_modules_and_our_own(role):
    for name, task in tasks(role):
        used = [key for key in task if "." in key or key in OWN]
        assert "block" in task or len(used) == 1, (name, task)
        assert all(key in OWN or key.startswith("ansible.builtin.") for key in used), (name, used)


@pytest.mark.parametrize("role", ROLES)
def test_commands_say_when_they_change(role):
    for name, task in tasks(role):
        if {"ansible.builtin.command", "ansible.builtin.shell"} & set(task):
            assert "changed_when" in task, (name, task["name"])


@pytest.mark.parametrize("role", ROLES)
def test_what_fails_says_found_expected_and_next(role):
    for name, task in tasks(role):
        if "ansible.builtin.fail" in task:
            message = task["ansible.builtin.fail"]["msg"]
            assert all(word in message for word in ("found", "expected", "next: ")), (name, task["name"])


@pytest.mark.parametrize("role", ROLES)
def test_files_are_short(role):
    for path in (ANSIBLE / "roles" / role / "tasks").glob("*.yml"):
        assert len(path.read_text().splitlines()) <= 75, path.name


@pytest.mark.parametrize("role", ROLES)
def test_its_page_names_every_rule(role):
    page = (ANSIBLE / "roles" / role / "README.md").read_text()
    assert sorted(name for name in rules_of(role) if f"`{name}`" not in page) == []
    assert set(re.findall(rf"`({role}\.\w+)`", page)) <= rules_of(role)


@pytest.mark.parametrize("path", sorted(ANSIBLE.glob("roles/*/vars/main.yml")), ids=lambda path: path.parents[1].name)
def test_private_variables_hold_no_policy(path):
    """Conditions, loops and comparisons are Python (plugins/rules); here are constants, paths and lookups."""
    text = path.read_text()
    assert not re.search(r"{%| if | else | for |==|!=| \| (select|reject|map|zip|combine)", text), path
    assert len(text.splitlines()) <= 20


def test_the_three_playbooks_agree():
    provision, verify, reset = (load(name + ".yml")[0] for name in ("provision", "verify", "reset"))
    wanted = [role["role"] for role in provision["roles"]]
    assert sorted(wanted) == ROLES
    survey, end, judge, *roles, verdict = verify["tasks"]
    assert [task["ansible.builtin.import_role"]["name"] for task in roles] == wanted
    assert [task["ansible.builtin.import_role"]["name"] for task in reset["tasks"]] == wanted[:0:-1]
    assert verdict["rules"] == judge["rules"] == {"verdict": True}
    assert survey["survey"] == {"audit": True} and provision["pre_tasks"][0]["survey"] == {"always": ["preflight"]}
    assert end == {**provision["pre_tasks"][1], "name": end["name"]}
    assert [row["role"] for row in provision["roles"] if "always" in row["tags"]] == ["preflight"]


@pytest.mark.parametrize("name", ["provision", "verify", "reset"])
def test_every_role_has_its_tag(name):
    play = load(name + ".yml")[0]
    for entry in play.get("roles", []) + play.get("tasks", []):
        role = entry.get("role") or entry.get("ansible.builtin.import_role", {}).get("name")
        tags = entry["tags"] if isinstance(entry["tags"], list) else [entry["tags"]]
        assert role in tags or tags == ["always"], entry
