"""How nodes are reached: inventory, host keys, interpreters."""

import configparser

from fleet.virtual import access
from fleet.virtual.settings import Fleet


def test_the_inventory_has_the_groups_of_the_example(fleet):
    text = access.inventory(fleet, [1, 2, 3, 4])
    found = configparser.ConfigParser(allow_no_value=True, delimiters=("=",))
    found.optionxform = str
    found.read_string(text)
    assert [list(found[group]) for group in ("canary", "line_a", "line_b")] == [
        ["nano-1 ansible_host"],
        ["nano-2 ansible_host", "nano-4 ansible_host"],
        ["nano-3 ansible_host"],
    ]
    assert list(found["nanos:children"]) == ["canary", "line_a", "line_b"]
    assert found["nanos:vars"]["ansible_python_interpreter"] == "/usr/bin/python3.6"


def test_host_keys_are_checked(fleet):
    text = access.inventory(fleet, [1])
    assert f"UserKnownHostsFile={fleet.folder}/known_hosts -o StrictHostKeyChecking=yes" in text
    assert "StrictHostKeyChecking yes" in access._ssh_config(fleet, [1])


def test_nodes_of_a_foreign_processor_use_the_python_of_debian(tmp_path):
    text = access.inventory(Fleet(root=tmp_path, arch="riscv64"), [1])
    assert "ansible_python_interpreter=/usr/bin/python3\n" in text
