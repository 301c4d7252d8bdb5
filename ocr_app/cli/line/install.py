"""``ocr-app line install``: a systemd unit for a live line on a plain computer, with a user of its own.

It prints what it would write; with ``--write`` it writes the two files, and prints the commands that come next. Boards
of a fleet get their service from a release instead.
"""

import argparse
import os
import re
import sys
from typing import Any, List

from ocr_app.cli.line.asking import CAMERAS
from ocr_app.core.errors import ServiceError, UsageError
from ocr_app.core.files import write_whole

HELP = "make a systemd unit that runs a line on a plain computer, under a user of its own"
UNITS, USERS = "/etc/systemd/system", "/etc/sysusers.d"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}\Z")
_LOW_PORT = 1024
_UNIT = """# Made by `ocr-app line install {file}`; make it again after changes of the file's folders or addresses.
[Unit]
Description=nano-ocr: the line of {file}
After=network-online.target time-sync.target
Wants=network-online.target
RequiresMountsFor={mounts}
StartLimitIntervalSec=0

[Service]
# Ready when the reader is open and warm; a service that hangs misses its watchdog and is started again.
Type=notify
NotifyAccess=main
WatchdogSec=60
TimeoutStartSec=900
TimeoutStopSec=45
Restart=always
RestartSec=5
KillMode=mixed
User={user}
Group={user}
{groups}WorkingDirectory={folder}
RuntimeDirectory={name}
Environment=NANO_OCR_RUNTIME=/run/{name} OMP_NUM_THREADS=1 PYTHONUNBUFFERED=1{more}
ExecStart={python} -m ocr_app serve {file}
UMask=0027

# What the line writes to, and nothing else.
ProtectSystem=strict
ReadWritePaths={written}
PrivateTmp=yes
ProtectHome=read-only
NoNewPrivileges=yes
CapabilityBoundingSet={capabilities}
AmbientCapabilities={capabilities}
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6{families}
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
ProtectClock={clock}
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
SystemCallArchitectures=native

[Install]
WantedBy=multi-user.target
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``line install``."""
    parser.add_argument("file", metavar="FILE.yaml", help="the settings file of the line")
    parser.add_argument("--name", default="ocr-line", help="of the unit (default: %(default)s)")
    parser.add_argument("--user", default="ocr-line", help="who runs it; made if there is none (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="write the files, never over others; needs root")
    parser.set_defaults(line_run=run)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0. Raises UsageError for a line that could not start, ServiceError where a file cannot be written."""
    from ocr_app.line.settings.checks import check
    from ocr_app.line.settings.service import load

    for what, name in (("--name", arguments.name), ("--user", arguments.user)):
        if not _NAME.match(name):
            raise UsageError("{} {}".format(what, name), "small letters, digits and '-'", "ocr-app line install --help")
    path = os.path.abspath(arguments.file)
    settings = load(path)
    check(settings)
    if not settings.source.enabled:
        raise UsageError("{} has no source".format(path), "a live line", "ocr-app line init")
    unit = unit_of(settings, path, arguments.name, arguments.user)
    people = 'u {} - "nano-ocr line" - -\n'.format(arguments.user)
    files = [
        (os.path.join(UNITS, arguments.name + ".service"), unit),
        (os.path.join(USERS, arguments.name + ".conf"), people),
    ]
    for target, text in files:
        if arguments.write:
            _write(target, text)
        else:
            print("# {}\n{}".format(target, text))
    print("\n".join(next_steps(settings, path, arguments.name, arguments.user, arguments.write)))
    return 0


def unit_of(settings: Any, path: str, name: str, user: str) -> str:
    """The text of the unit. ``path``: of the settings file, absolute."""
    written = written_folders(settings)
    addresses = [settings.modbus.listen, settings.page.listen, settings.http.listen]
    low = any(_is_low(address) for address in addresses)
    pins = settings.reject.gpio != "none"
    video = settings.source.kind in ("usb", "csi", "pipeline")
    groups = ["gpio"] * pins + ["video"] * video
    return _UNIT.format(
        file=_quoted(path),
        mounts=" ".join(_quoted(folder) for folder in [os.path.dirname(path)] + written),
        folder=_bare(os.path.dirname(path)),
        written=" ".join(_quoted(folder) for folder in written),
        python=_quoted(sys.executable),
        capabilities="CAP_NET_BIND_SERVICE" if low else "",
        groups="SupplementaryGroups={}\n".format(" ".join(groups)) if groups else "",
        clock="no" if groups else "yes",  # it would hide the devices of the pins and of the camera
        # its list of plugins, which it would otherwise make anew each time that a camera is opened
        more=" GST_REGISTRY=/run/{}/gstreamer.bin".format(name) if settings.source.kind in CAMERAS else "",
        families=" AF_NETLINK" if settings.source.kind == "gige" else "",  # Aravis looks at the network's interfaces
        name=name,
        user=user,
    )


def written_folders(settings: Any) -> List[str]:
    """The folders that the service writes to, absolute, each once."""
    found = [settings.journal.folder, settings.output.results]
    found += [settings.source.path] if settings.source.kind == "folder" else []
    found += [settings.folder.watch]
    made = [os.path.abspath(folder) for folder in found if folder]
    return [folder for index, folder in enumerate(made) if folder not in made[:index]]


def next_steps(settings: Any, path: str, name: str, user: str, is_written: bool) -> List[str]:
    """The commands that come next, for root."""
    folders = " ".join(_quoted(folder) for folder in written_folders(settings))
    first = [] if is_written else ["# as root:", "ocr-app line install {} --write".format(_quoted(path))]
    return first + [
        "systemd-sysusers",
        "install -d -o {0} -g {0} {1}".format(user, folders),
        "systemctl daemon-reload",
        "systemctl enable --now {}".format(name),
        "# {} has to be able to read the settings, the recipe and the secrets: sudo -u {} ocr-app line check {}".format(
            user, user, _quoted(path)
        ),
    ]


def _write(target: str, text: str) -> None:
    """Writes a new file; one with the same text stays. Raises UsageError for another one, ServiceError."""
    try:
        if os.path.exists(target):
            with open(target, encoding="utf-8") as stream:
                if stream.read() == text:
                    print("{} is there already".format(target))
                    return
            raise UsageError("{} is there, and differs".format(target), "a new file", "--name another, or remove it")
        write_whole(target, text.encode("utf-8"))
    except OSError as error:
        found = "{}: {}".format(target, error.strerror)
        raise ServiceError(found, "a folder that this user may write to", "run it as root") from error
    print("{} written".format(target))


def _is_low(address: str) -> bool:
    port = address.rpartition(":")[2]
    return port.isdigit() and 0 < int(port) < _LOW_PORT


def _bare(text: str) -> str:
    """A path as systemd wants it where it takes no quotes."""
    return text.replace("%", "%%")


def _quoted(text: str) -> str:
    """A word of a list or of a command, as systemd and the shell read it."""
    text = _bare(text)
    if re.match(r"[A-Za-z0-9_./%+:@-]+\Z", text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
