"""Access to the nodes: a key of this fleet, checked host keys, an inventory for Ansible, a configuration for ssh."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from fleet.core.errors import VirtualFleetError
from fleet.virtual import profiles, releases
from fleet.virtual.image import pythons_of
from fleet.virtual.nodes import run_in
from fleet.virtual.settings import Fleet, node_address, settings
from fleet.virtual.wheels import project_of

_OPTIONS = "-o UserKnownHostsFile={known} -o StrictHostKeyChecking=yes -o IdentitiesOnly=yes"


def make_key(fleet: Fleet) -> str:
    """The public key of the fleet. Creates the pair on first use."""
    private = fleet.folder / "id_ed25519"
    fleet.folder.mkdir(parents=True, exist_ok=True)
    if not private.exists():
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", f"nano-ocr-{fleet.name}", "-f", str(private)]
        subprocess.run(command, check=True, capture_output=True)
    return private.with_suffix(".pub").read_text()


def admit(fleet: Fleet, number: int, public_key: str) -> None:
    """Authorise the key on a node. Other keys are kept."""
    user = settings()["user"]
    script = (
        f'f=$(getent passwd {user} | cut -d: -f6)/.ssh/authorized_keys; key=$(cat); touch "$f"; '
        f'grep -qxF "$key" "$f" || echo "$key" >>"$f"; chown {user}: "$f"; chmod 600 "$f"'
    )
    run_in(fleet, number, "sh", "-c", script, given=public_key)


def write_files(fleet: Fleet, numbers: Sequence[int]) -> None:
    """Write known_hosts (read inside the nodes, not over the network), ssh_config and inventory.ini for these nodes."""
    lines = []
    for number in numbers:
        keys = run_in(fleet, number, "sh", "-c", "cat /etc/ssh/ssh_host_*_key.pub").splitlines()
        names = f"{fleet.host(number)},{node_address(fleet, number)}"
        lines += [f"{names} {' '.join(key.split()[:2])}" for key in keys]
    (fleet.folder / "known_hosts").write_text("".join(line + "\n" for line in lines))
    (fleet.folder / "ssh_config").write_text(_ssh_config(fleet, numbers))
    fleet.inventory.write_text(inventory(fleet, numbers))


def inventory(fleet: Fleet, numbers: Sequence[int]) -> str:
    """An inventory in the form of the example in the root of the repository."""
    order = settings()["groups"]["order"]
    parts = ["# Written by `./inv fleet up`: virtual Nanos on this machine.\n"]
    for position, group in enumerate(order):
        rows = [n for n in numbers if _group(n, len(order)) == position]
        parts.append(f"[{group}]\n" + "".join(_host(fleet, n) for n in rows))
    parts.append("[nanos:children]\n" + "".join(group + "\n" for group in order))
    variables = {
        "ansible_user": settings()["user"],
        "ansible_ssh_private_key_file": str(fleet.folder / "id_ed25519"),
        "ansible_ssh_common_args": _OPTIONS.format(known=fleet.folder / "known_hosts"),
        **_differences(fleet),
    }
    parts.append("[nanos:vars]\n" + "".join(f"{key}={value}\n" for key, value in variables.items()))
    return "\n".join(parts)


def _host(fleet: Fleet, number: int) -> str:
    """A host's line, with the profile: group_vars beside the playbooks win over [nanos:vars], not over a host."""
    profile = profiles.name_of(fleet)
    own = releases.kind_of(fleet, number).host
    variables = {
        "ansible_host": node_address(fleet, number),
        "fleet_profile": profile,
        **profiles.host_of(profile),
        **own,
    }
    return fleet.host(number) + "".join(f" {key}={value}" for key, value in variables.items()) + "\n"


def _group(number: int, groups: int) -> int:
    """The group of a node: the first node is the canary, the others go to the lines in turn."""
    return 0 if number == 1 or groups == 1 else 1 + (number - 2) % (groups - 1)


def _differences(fleet: Fleet) -> dict[str, str]:
    variables = dict(settings()["inventory"])
    if not pythons_of(fleet):
        variables["ansible_python_interpreter"] = "/usr/bin/python3"
    project = project_of(fleet)
    return {**variables, **(project.variables if project else {})}


def _ssh_config(fleet: Fleet, numbers: Sequence[int]) -> str:
    hosts = "".join(f"Host {fleet.host(n)}\n    HostName {node_address(fleet, n)}\n" for n in numbers)
    known, key = fleet.folder / "known_hosts", fleet.folder / "id_ed25519"
    common = f"Host nano-*\n    User {settings()['user']}\n    IdentityFile {key}\n    IdentitiesOnly yes\n"
    return hosts + common + f"    UserKnownHostsFile {known}\n    StrictHostKeyChecking yes\n"


def log_in(fleet: Fleet, number: int) -> None:
    """Prove that the node can be reached as Ansible reaches it. Raises VirtualFleetError."""
    command = [
        "ssh",
        "-F",
        str(fleet.folder / "ssh_config"),
        "-o",
        "BatchMode=yes",
        fleet.host(number),
        "sudo",
        "-n",
        "true",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        raise VirtualFleetError(f"{fleet.host(number)} refuses the login: {done.stderr.strip()}")
