"""Every rule of the system roles, broken at least once: verify.yml says what was found, expected, and what to do.

The play is the real one, under the real ansible-playbook; only the answers of the nodes are given (observed_nodes.py).
"""

import copy
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
import yaml

from fleet.environments.steps import python_of
from tests.conftest import absent
from tests.unit.ansible.observed_nodes import BROKEN, HINTS, NODES, SYSTEM

ROOT = Path(__file__).resolve().parents[3]


def as_text():
    """-e NAME=VALUE for each number and each switch: what is typed so arrives as text, and must mean the same."""
    for role in SYSTEM:
        defaults = yaml.safe_load((ROOT / "ansible" / "roles" / role / "defaults" / "main.yml").read_text())
        for name, value in defaults.items():
            if isinstance(value, int):
                yield from ("-e", f"{name}={str(value).lower()}")


def observed_now():
    """The nodes with clocks of this moment: much time may have passed since the tests were collected."""
    nodes = copy.deepcopy(NODES)
    right = NODES["good"]["time_sync"]["clock"]
    for roles in nodes.values():
        if roles["time_sync"].get("clock") == right:
            roles["time_sync"]["clock"] = int(time.time())
    return nodes


@pytest.fixture(scope="module", params=["survey", "roles", "typed"])
def audit(request, tmp_path_factory):
    """(exit code, output, report, kind) of verify.yml over all given nodes; by the survey, or role by role."""
    more = {"survey": [], "roles": ["-e", "fleet_survey=false"], "typed": [*as_text()]}[request.param]
    return *run_audit(tmp_path_factory.mktemp("audit"), *more), request.param


def run_audit(folder, *more):
    """(exit code, output, report) of verify.yml over all given nodes."""
    playbook = python_of("ansible", ROOT).with_name("ansible-playbook")
    if not playbook.is_file():
        absent("the environment ansible", "./inv ansible")
    (folder / "action").mkdir()
    shutil.copy(Path(__file__).with_name("observe_action.py"), folder / "action" / "observe.py")
    hosts = {
        name: {form.format(role): found for role, found in roles.items() for form in ("observed_{}", "{}_observed")}
        for name, roles in observed_now().items()
    }
    inventory = {"nanos": {"hosts": hosts, "vars": {"ansible_connection": "local"}}}
    (folder / "hosts.yml").write_text(yaml.safe_dump(inventory))
    environ = dict(os.environ, ANSIBLE_ACTION_PLUGINS=f"{ROOT}/ansible/plugins/action:{folder}/action")
    environ.update(NANO_OCR_REPORTS=str(folder), ANSIBLE_LOCAL_TEMP=str(folder / "tmp"), ANSIBLE_BECOME="false")
    command = [str(playbook), "verify.yml", "-i", str(folder / "hosts.yml"), "--tags", ",".join(SYSTEM)]
    done = subprocess.run(
        [*command, *more], cwd=ROOT / "ansible", env=environ, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr, json.loads((folder / "verify.json").read_text())


def test_a_survey_leaves_nothing_to_the_roles(audit):
    tasks = {row["tasks"] for row in audit[2]["roles"] if row["role"] in SYSTEM}
    assert tasks == ({2} if audit[3] == "roles" else {0}), audit[1]
    assert {row["role"] for row in audit[2]["roles"] if row["host"] == "good"} >= set(SYSTEM)


def test_what_the_survey_cannot_judge_is_told_by_its_role(tmp_path):
    code, text, report = run_audit(tmp_path, "-e", "swap_size_mib=much", "--limit", "good")
    failed = {row["role"] for row in report["roles"] if row["failure"]}
    assert code == 2 and failed == {"swap"}, text


def test_a_node_out_of_spec_makes_the_exit_code_two(audit):
    assert audit[0] == 2, audit[1]
    assert audit[2]["in_spec"] is False


@pytest.mark.parametrize("hint, expected", [(False, BROKEN), (True, HINTS)], ids=["rules", "hints"])
@pytest.mark.parametrize("host", NODES)
def test_what_is_named_on_a_node(audit, host, hint, expected):
    rules = [rule for rule in audit[2]["rules"] if rule["host"] == host and not rule["holds"] and rule["hint"] == hint]
    named = {rule["id"]: (rule["found"], rule["expected"]) for rule in rules}
    wanted = expected.get(host, {})
    assert named.keys() == wanted.keys()
    for rule, (found, value) in wanted.items():
        assert named[rule] == (named[rule][0] if found is None else found, value)


def test_every_rule_was_broken_once(audit):
    told = {rule for table in (BROKEN, HINTS) for rules in table.values() for rule in rules}
    assert told == {rule["id"] for rule in audit[2]["rules"]}


def test_every_rule_says_what_to_do(audit):
    for rule in audit[2]["rules"]:
        default = f"ansible-playbook provision.yml --tags {rule['id'].partition('.')[0]} --limit {rule['host']}"
        assert rule["next"] == default or rule["id"].startswith("preflight."), rule["id"]


def test_the_wrong_clock_is_measured(audit):
    rule = next(rule for rule in audit[2]["rules"] if (rule["host"], rule["id"]) == ("pc", "time_sync.clock"))
    assert int(rule["found"].split()[0]) < -1e9 and rule["found"].endswith(" s from the control machine")


def test_the_table_names_host_rule_found_and_expected(audit):
    row = next(line for line in audit[1].splitlines() if line.startswith("old ") and "power_mode.mode" in line)
    assert "5W (1)" in row and "MAXN (0)" in row and "--tags power_mode --limit old" in row
