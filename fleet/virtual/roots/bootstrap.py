"""A root file system of Debian, for this machine's processor or for another one.

Programs for another processor run under qemu-user, which is slow. So this machine's own dpkg and apt do what they can
for them, to fetch and to unpack, and only the scripts of packages run under qemu.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from fleet.virtual.settings import machine_arch

Call = Callable[[list[str]], None]
_UNPACK = ["--force-depends", "--force-architecture", "--force-unsafe-io", "--unpack"]
# /proc is there for the scripts of packages alone, and gone with the namespace.
_CONFIGURE = 'mount -t proc proc "$0/proc" && chroot "$0" dpkg --force-unsafe-io --configure -a'
_NO_DAEMON = "#!/bin/sh\nexit 101\n"  # policy-rc.d: no script of a package starts a service


def debian(root: Path, suite: str, packages: Sequence[str], arch: str, call: Call) -> None:
    """Make ``root``: Debian's minimal variant of a suite, with more packages. ``arch`` is Debian's name.

    ``call`` runs a command and raises an error of its own. Needs root, and qemu-user for another processor.
    """
    command = ["debootstrap", "--variant=minbase", f"--arch={arch}", f"--include={','.join(packages)}"]
    if arch == machine_arch():
        call([*command, suite, str(root)])
        return
    call([*command, "--foreign", suite, str(root)])
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text(_NO_DAEMON)
    policy.chmod(0o755)
    debs = sorted(str(path) for path in (root / "var/cache/apt/archives").glob("*.deb"))
    call(["dpkg", f"--root={root}", *_UNPACK, *debs])
    call(["unshare", "--mount", "sh", "-c", _CONFIGURE, str(root)])
    policy.unlink()
    shutil.rmtree(root / "debootstrap")


def apt_get(root: Path, arch: str, *words: str) -> list[str]:
    """The command of apt-get for ``root``: its own, or this machine's, which keeps its lists and files in ``root``."""
    if arch == machine_arch():
        return ["chroot", str(root), "apt-get", *words]
    options = [
        f"Dir={root}/",
        f"Dir::State::status={root}/var/lib/dpkg/status",
        "Dir::Bin::methods=/usr/lib/apt/methods",
    ]
    options += [f"APT::Architecture={arch}", f"APT::Architectures={arch}", "APT::Sandbox::User=root"]
    return ["apt-get", *(part for option in options for part in ("-o", option)), *words]
