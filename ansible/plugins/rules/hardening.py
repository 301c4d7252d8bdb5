"""Rules of the role hardening: people log in by key, ports are closed, upgrades leave the packages of the GPU alone."""

from __future__ import annotations

import re
import shlex
from typing import Any

from .model import Observed, Rule, Settings

UNIT = "nano-ocr-firewall.service"
CHAIN = "-A NANO-OCR "
SSH_LINES = {
    "hardening.ssh_keys_only": "PasswordAuthentication no\nChallengeResponseAuthentication no",
    "hardening.ssh_root_login": "PermitRootLogin no",
    "hardening.ssh_x11": "X11Forwarding no",
}
# A new session, by key and without the connection that Ansible keeps open.
LOGIN = (
    *("ssh", "-o", "ControlMaster=no", "-o", "ControlPath=none", "-o", "BatchMode=yes"),
    *("-o", "PreferredAuthentications=publickey", "-o", "ConnectTimeout=15"),
)


def plan(settings: Settings) -> dict[str, Any]:
    """The work of converge.yml, without the rules that are skipped, and the command that logs in."""
    skipped = settings.texts("hardening_skip")
    return {
        "ssh": "\n".join(lines for rule, lines in SSH_LINES.items() if rule not in skipped),
        "firewall": "hardening.firewall" not in skipped,
        "upgrades": "hardening.upgrades" not in skipped,
        "login": login(settings),
    }


def login(settings: Settings) -> str:
    """A command line that logs in to the node by key, with the connection settings of its inventory."""
    parts = [*LOGIN, "-o", "Port=" + settings.text("ansible_port", "22")]
    shown = [" ".join(parts), settings.text("ansible_ssh_common_args"), settings.text("ansible_ssh_extra_args")]
    if settings.text("ansible_ssh_private_key_file"):
        shown.append("-i " + shlex.quote(settings.text("ansible_ssh_private_key_file")))
    return " ".join(part for part in [*shown, _address(settings), "true"] if part)


def rules(observed: Observed, settings: Settings) -> list[Rule]:
    """The promises of the role, without those that are skipped."""
    skipped = settings.texts("hardening_skip")
    every = [*_ssh(observed), _firewall(observed, settings), _upgrades(observed, settings)]
    return [rule for rule in every if rule.id not in skipped]


def key(observed: Observed, settings: Settings) -> list[Rule]:
    """Whether a key logs in; without one, nothing may be closed."""
    answer, user = observed.command("login"), settings.text("ansible_user", "USER")
    host = settings.text("ansible_host", settings.text("inventory_hostname"))
    return [
        Rule(
            "hardening.key",
            "a key logs in" if answer.rc == 0 else answer.err or "no login",
            "a key logs in",
            next=f"ssh-copy-id {user}@{host}, or name the key with ansible_ssh_private_key_file",
        )
    ]


def _address(settings: Settings) -> str:
    host, user = settings.text("ansible_host", settings.text("inventory_hostname")), settings.text("ansible_user")
    return f"{user}@{host}" if user else host


def _ssh(observed: Observed) -> list[Rule]:
    answer = observed.command("sshd")
    passwords = re.findall("(?m)^(password|kbdinteractive|challengeresponse)(?=authentication yes)", answer.out)
    found = "also " + ", ".join(passwords) if passwords else "keys only"
    return [
        Rule("hardening.ssh_keys_only", found if answer.rc == 0 else answer.err or "no sshd", "keys only"),
        Rule("hardening.ssh_root_login", _line(answer.out, "permitrootlogin"), "permitrootlogin no"),
        Rule("hardening.ssh_x11", _line(answer.out, "x11forwarding"), "x11forwarding no"),
    ]


def _line(text: str, name: str) -> str:
    return next((line for line in text.splitlines() if line.startswith(name + " ")), "unknown")


def _firewall(observed: Observed, settings: Settings) -> Rule:
    return Rule("hardening.firewall", _state(observed, settings), "in force, enabled")


def _state(observed: Observed, settings: Settings) -> str:
    loaded = _chain(observed.command("chain").out)
    if not loaded:
        return "not loaded"
    if "-A INPUT -j NANO-OCR" not in observed.command("input").out.splitlines():
        return "loaded, without a jump from INPUT"
    strange = set(loaded) ^ set(_chain(settings.given["firewall"]))
    if strange:
        return "other lines: " + "; ".join(sorted(line[len(CHAIN) :] for line in strange))
    edited = [name for name in ("firewall", "unit") if observed.file(name).text != settings.given[name]]
    return "other files" if edited else "in force, " + observed.unit(UNIT).enabled


def _chain(text: str) -> list[str]:
    """The lines of our chain, in the form that both `iptables -S` and firewall.rules have."""
    return [line for line in text.splitlines() if line.startswith(CHAIN)]


def _upgrades(observed: Observed, settings: Settings) -> Rule:
    file, expected = observed.file("upgrades"), f"kept off {len(settings['hardening_never_upgrade'])} kinds"
    other = ("other contents of " if file.exists else "no ") + file.path
    return Rule("hardening.upgrades", expected if file.text == settings.given["upgrades"] else other, expected)
