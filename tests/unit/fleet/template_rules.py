"""Run by Ansible's Python: the rules of roles for given observations. Reads cases as JSON, writes judged rules as JSON.

A case: {"role", "variables"}. A text that begins with "@" is an expression, put in the place of what a good node has.
"""

import json
import os
import sys
from pathlib import Path

import tomllib
import yaml

ROOT = Path(__file__).resolve().parents[3]
os.chdir(ROOT / "ansible")
sys.path.insert(0, str(ROOT))

from ansible.parsing.dataloader import DataLoader  # noqa: E402
from ansible.plugins.loader import lookup_loader  # noqa: E402
from ansible.template import Templar  # noqa: E402

from fleet.plays.rules import evaluate  # noqa: E402


def judge(role, given):
    """The judged rules of a role, for observations and other variables."""
    folder = ROOT / "ansible" / "roles" / role
    known = {"inventory_hostname": "n1", "fleet_bundle": "", "ansible_search_path": [str(folder)]}
    known["versions"] = tomllib.loads((ROOT / "versions.toml").read_text())
    for part in ("defaults", "vars"):
        known.update(yaml.safe_load((folder / part / "main.yml").read_text()))
    templar = Templar(DataLoader(), variables={**known, **given})
    templar = Templar(DataLoader(), variables={**known, **filled(given, templar)})
    return evaluate(templar.template("{{ _" + role + "_rules }}"), role, "n1")


def filled(value, templar):
    if isinstance(value, dict):
        return {key: filled(part, templar) for key, part in value.items()}
    if isinstance(value, str) and value.startswith("@"):
        made = templar.template("{{ " + value[1:] + " }}")
        return made if isinstance(made, str) else json.dumps(made)
    return value


lookup_loader.add_directory(str(ROOT / "ansible" / "lookup_plugins"))
json.dump([judge(case["role"], case["variables"]) for case in json.load(sys.stdin)], sys.stdout)
