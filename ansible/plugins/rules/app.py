"""Rules of the role app: the application of this checkout is on the board, and runs."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from . import digests, environments
from .model import Observed, Rule, Settings, as_written

ROOT = Path(__file__).resolve().parents[3]
PARTS = ("ocr_app", "recipes", "data/nano-codes-100")
FOLDER = "/opt/nano-ocr/app"  # a link to FOLDER-DIGEST
COMPILED = "__pycache__"
"""Other processes of the control machine write there at any time; nothing in it counts, is packed or is even read."""
FIND = f"find {' '.join(PARTS)} -type f ! -path '*/{COMPILED}/*'"
COUNT = digests.shell(FIND)


def plan(settings: Settings) -> dict[str, Any]:
    """Where the files go, and the commands that pack, measure and try them."""
    measured, command = digest(), settings.text("app_command")
    packed = ROOT / "build" / "ansible" / f"app-{measured}.tar"
    return {
        "folder": f"{FOLDER}-{measured}",
        "envs": environments.ENVS,
        "packed": str(packed),
        # names of files only: tar fails where a folder changes while it is read
        "pack": f"mkdir -p build/ansible && {FIND} >{packed}.$$.names && "
        f"tar -c --owner=0 --group=0 --mode=u=rwX,go=rX -f {packed}.$$ -T {packed}.$$.names && "
        f"rm {packed}.$$.names && mv {packed}.$$ {packed}",
        "commands": {
            "digest": ["sh", "-c", f"cd {FOLDER} && {COUNT}"],
            "runs": [command, "recipe", "check", f"{FOLDER}/recipes/dates.yaml"],
        },
    }


def rules(observed: Observed, settings: Settings) -> list[Rule]:
    """The promises of the role."""
    runs = observed.command("runs")
    return [
        Rule("app.files", _found(observed), digest()),
        as_written("app.command", observed, "command", settings),
        Rule(
            "app.runs",
            "runs" if runs.rc == 0 else runs.last_error(f"exit code {runs.rc}"),
            "runs",
            next=f"ansible-playbook provision.yml --tags python36,app --limit {settings['inventory_hostname']}",
        ),
    ]


def work(observed: Observed, settings: Settings) -> dict[str, Any]:
    """Whether the files have to be brought."""
    return {"bring": observed.command("digest").out != digest()}


def _found(observed: Observed) -> str:
    return observed.command("digest").out if observed.file("link").exists else "not installed"


@lru_cache
def digest() -> str:
    """The digest of the application of this checkout, read once in a run."""
    found = [path for part in PARTS for path in (ROOT / part).rglob("*") if COMPILED not in path.parts]
    files = [path for path in found if path.is_file() and not path.is_symlink()]
    return digests.of_files(ROOT, [path.relative_to(ROOT).as_posix() for path in files])
