"""Tasks for Invoke: `./inv --list`. Thin on purpose; the work is in fleet/ and ocr_app/."""

from __future__ import annotations

import sys
from pathlib import Path

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

from fleet.errors import FleetError

ROOT = Path(__file__).resolve().parent


def _run(work: object, *arguments: object, **options: object) -> None:
    """Run a function of fleet/; its errors become a message and an exit code."""
    try:
        code = work(*arguments, **options)  # type: ignore[operator]
    except FleetError as error:
        raise Exit(f"inv: {error}", error.exit_code) from error
    if isinstance(code, int) and code:
        raise Exit(code=code)


def _list(text: str) -> list[str] | None:
    return [part for part in text.split(",") if part] or None


@task(
    help={
        "count": "how many of the bundled codes to read",
        "reader": "as in `ocr-app readers`",
        "recipe": "what a code may be; none for free reading; default: the bundled codes' recipe",
    }
)
def demo(_: Context, count: int = 20, reader: str = "", recipe: str = "") -> None:
    """Read the bundled sample codes here, now: a table, and build/demo/report.html."""
    from fleet import demo as demonstration

    _run(demonstration.run, count=count, reader=reader, recipe=recipe)


@task(
    help={
        "suite": "lint, unit, property, contract, faults, envs, package, docker, fleet; or several",
        "k": "only such tests",
    }
)
def test(_: Context, suite: str = "", k: str = "") -> None:
    """Prove it: fast suites by default, every suite where CI=true."""
    from fleet import testing

    _run(testing.run, suites=_list(suite), match=k)


@task
def lint(_: Context) -> None:
    """Style, types and shell: ruff, mypy --strict, shellcheck where it is installed."""
    from fleet import testing

    _run(testing.lint)


@task(help={"all_sets": "the models of every reader", "index": "regenerate ocr_app/data/models.json"})
def models(_: Context, all_sets: bool = False, index: bool = False) -> None:
    """Fetch model files by name and sha256 into .models/."""
    from fleet import artefacts

    _run(artefacts.main, all_sets=all_sets, index=index)


@task(
    help={
        "verb": "fetch, verify, mirror, build or audit",
        "only": "artefacts, locks or sets (comma separated); default: all that boards need",
        "to": "mirror: the folder to copy to",
        "image": "build: in a container of this image; default: on this machine",
        "board": "build: on this board of inventory.ini",
        "say": "build: only say what would be done",
        "osv_url": "audit: another address of the OSV database of vulnerabilities",
    }
)
def wheels(
    _: Context,
    verb: str,
    only: str = "",
    to: str = "",
    image: str = "",
    board: str = "",
    osv_url: str = "",
    say: bool = False,
) -> None:
    """Fetch and check what boards and images install: vendor wheels, locked packages, debs (wheels/manifest.toml)."""
    from fleet.wheels import commands

    given = {"--only": only, "--to": to, "--image": image, "--board": board, "--osv-url": osv_url}
    options = [word for option, value in given.items() if value for word in (option, value)]
    _run(commands.main, [verb, *options, *(["--say"] if say else [])])


@task(
    help={
        "verb": "build, test, size, save or render",
        "only": "these images (comma separated), with what they stand on; default: all",
        "all_": "all of them, which is the default",
        "bases": "standin (made here from Debian packages) or vendor; default: vendor on a Nano, else standin",
        "arch": "amd64 or arm64; default: this machine's",
        "builder": "classic or buildkit",
        "cache": "build: --no-cache builds every step anew",
        "rebuild": "size: build each once more and compare the layers",
        "publish": "size: write docs/results/images.md",
        "to": "save: folder for the archives; default: build/images",
    }
)
def images(
    _: Context,
    verb: str,
    only: str = "",
    all_: bool = False,
    bases: str = "",
    arch: str = "",
    builder: str = "classic",
    cache: bool = True,
    rebuild: bool = False,
    publish: bool = False,
    to: str = "",
) -> None:
    """Container images: ocr-app for Nanos and for any computer, EasyOCR, PaddleOCR (docs/how-to/containers.md)."""
    from fleet.images import commands

    if all_ and only:
        raise Exit("inv: --all and --only exclude each other", 2)
    _run(commands.run, verb, _list(only), bases, arch, builder, cache, rebuild, publish, to)


@task(help={"check": "install the wheel on every Python found, in empty environments, and run it"})
def package(_: Context, check: bool = False) -> None:
    """Build the source distribution and the wheel of ocr_app into build/dist/."""
    from fleet import packaging

    _run(packaging.main, check)


@task(help={"name": "only these (comma separated)", "recreate": "also those that are ready"})
def envs(_: Context, name: str = "", recreate: bool = False, status: bool = False) -> None:
    """Build the legacy environments (.envs/): EasyOCR on Python 3.6, PaddleOCR on 3.7, ..."""
    from fleet import artefacts
    from fleet import envs as environments

    if not status:
        _run(artefacts.main, all_sets=True)
        _run(environments.build, _list(name) or (), recreate=recreate)
    _run(environments.show_status)


@task(help={"name": "which (comma separated); default: all", "upgrade": "take newer versions where allowed"})
def lock(_: Context, name: str = "", upgrade: bool = False) -> None:
    """Make requirements/*.txt from requirements/*.in, with hashes."""
    from fleet import locks

    _run(locks.main, (_list(name) or []) + (["--upgrade"] if upgrade else []))


@task(help={"quick": "fewer images", "only": "only these readers (comma separated)", "out": "folder for the results"})
def benchmark(_: Context, quick: bool = False, only: str = "", out: str = "") -> None:
    """Measure every reader that can run here, side by side; writes docs/results/<date>-<machine>/."""
    from fleet import benchmark as matrix

    _run(matrix.main, quick=quick, only=_list(only), out=Path(out) if out else None)
    if not quick and not out and not only:
        _write_numbers()


@task(
    help={
        "network": "only these of ocr_app/data/networks.json (comma separated)",
        "compare": "read real crops with originals and exports (--no-compare: only export)",
        "quick": "compare on a few images",
        "publish": "only write docs/results/export.md, from the last full comparisons",
    }
)
def export(_: Context, network: str = "", compare: bool = True, quick: bool = False, publish: bool = False) -> None:
    """Export every reader's networks to ONNX (build/export/), each proved to read like its original."""
    from fleet import export as exports

    if publish:
        _run(exports.publish)
    else:
        _run(exports.main, _list(network), compare=compare, quick=quick)


@task(
    help={
        "limit": "hosts, as for ansible-playbook",
        "precision": "fp32, fp16; comma separated",
        "reader": "name[:model], comma separated",
        "target": "tensorrt, or onnxruntime: for this computer",
        "inventory": "another than inventory.ini",
        "rebuild": "also what is stale, foreign, truncated or tampered with",
    }
)
def build_engines(
    _: Context,
    limit: str = "",
    precision: str = "fp32",
    reader: str = "codes",
    target: str = "tensorrt",
    inventory: str = "",
    rebuild: bool = False,
) -> None:
    """Build engines: here on a Nano, else on one board of each kind, for all of its kind (ansible/engines.yml)."""
    from fleet import engines

    _run(engines.build, limit, precision, reader, target, inventory, rebuild)


@task(
    help={
        "network": "only these of ocr_app/data/networks.json (comma separated)",
        "publish": "write the page",
        "resume": "go on where an earlier run stopped: only networks that are not judged yet",
    }
)
def engines_report(_: Context, network: str = "", publish: bool = True, resume: bool = False) -> None:
    """Preflight and precision gate of every exported network: docs/results/engines.md, plans in build/plans/."""
    from fleet import engines_report as reports

    _run(reports.main, _list(network), publish=publish, resume=resume)


@task(help={"what": "recogniser or detector", "resume": "go on where a training stopped", "device": "cpu or cuda"})
def train(_: Context, what: str, resume: bool = False, config: str = "", out: str = "", device: str = "cpu") -> None:
    """Train a network of ours; without --config the one that is shipped."""
    from fleet import training

    _run(training.train, what, resume, Path(config) if config else None, Path(out) if out else None, device)


@task(help={"what": "recogniser or detector; default: both", "check": "compare with the committed figures"})
def evaluate(_: Context, what: str = "", check: bool = False) -> None:
    """Measure the shipped networks again: the numbers of their model cards (docs/models/)."""
    from fleet import training

    for network in [what] if what else training.NETWORKS:
        _run(training.evaluate, network, check)


@task(
    help={
        "verb": "report (any fleet); up, status, down, shell, measure (virtual; writes docs/results/provision.md)",
        "nodes": "how many virtual Nanos (up)",
        "name": "which fleet; several can run side by side",
        "arch": "amd64 or arm64; default: this machine's",
        "node": "which node (shell)",
        "recreate": "throw the fleet's nodes away first (up)",
        "inventory": "file; default: inventory.ini (report)",
        "limit": "only these hosts or groups (report)",
        "audit": "run verify.yml first, for the column drift (report)",
    }
)
def fleet(
    _: Context,
    verb: str,
    nodes: int = 3,
    name: str = "virtual",
    arch: str = "",
    node: int = 1,
    recreate: bool = False,
    inventory: str = "",
    limit: str = "",
    audit: bool = False,
) -> None:
    """What every node runs and how it is (report); virtual Nanos on this machine: up, status, down, shell, measure."""
    from fleet import fleet_report
    from fleet.virtual import commands

    if verb == "report":
        _run(fleet_report.main, inventory, limit, audit)
        return
    _run(commands.run, verb, nodes, name, arch, node, recreate)


@task(help={"say": "only name the commands"})
def fonts(_: Context, say: bool = False) -> None:
    """Install the fonts that training and its tests print with."""
    from fleet import training

    _run(training.install_fonts, say)


@task
def docs(_: Context) -> None:
    """Write the newest results' report, and the numbers in README and docs, anew; nothing is measured."""
    from fleet import benchmark as matrix
    from fleet import blocks

    _run(matrix.report, blocks.newest())
    _write_numbers()


def _write_numbers() -> None:
    from fleet import blocks

    changed = blocks.write(ROOT)
    print("written: " + ", ".join(changed) if changed else "every number is up to date")


@task(help={"check": "compare with the committed set, write nothing"})
def dataset(context: Context, check: bool = False) -> None:
    """Make data/nano-codes-100 again from its seed."""
    target = ROOT / "build" / "nano-codes-100" if check else ROOT / "data" / "nano-codes-100"
    context.run(f"{sys.executable} -m training.make_nano_codes --out {target} --seed 2025 --count 100", pty=False)


_PLAY = {
    "inventory": "file; default: inventory.ini",
    "limit": "only these hosts or groups",
    "tags": "only these roles (comma separated)",
}


@task(help={**_PLAY, "check": "say what would change, and change nothing"})
def provision(
    _: Context, inventory: str = "", limit: str = "", tags: str = "", check: bool = False, reset: bool = False
) -> None:
    """Turn blank Nanos into nodes (ansible/provision.yml); --reset gives back what that took."""
    from fleet import provision as plays

    _run(plays.play, "reset" if reset else "provision", inventory, limit, tags, check)


@task(help=_PLAY)
def verify(_: Context, inventory: str = "", limit: str = "", tags: str = "") -> None:
    """Audit the nodes (ansible/verify.yml): exit code 0 when every rule holds on every host."""
    from fleet import provision as plays

    _run(plays.play, "verify", inventory, limit, tags)


@task
def ansible(_: Context) -> None:
    """Say the line that puts ansible-playbook on the PATH: eval "$(./inv ansible)"."""
    from fleet import provision as plays

    print(plays.activation())


@task(
    help={
        "verb": "make, verify or keys",
        "path": "verify: the bundle; make: folder for it; keys: folder for them",
        "version": "make: version of the release",
        "key": "make: the secret key that signs",
        "keys": "verify: folder of the trusted *.pub",
        "add": "make: public keys that the fleet trusts from now on (comma separated files)",
        "retire": "make: ids of keys that it trusts no longer (comma separated)",
        "floor": "make: once committed, no release below this serial is taken",
    }
)
def bundle(
    _: Context,
    verb: str,
    path: str = "",
    version: str = "",
    serial: str = "",
    key: str = "",
    keys: str = "keys",
    name: str = "nano-ocr",
    spec: str = "",
    floor: str = "",
    add: str = "",
    retire: str = "",
    no_password: bool = False,
) -> None:
    """One signed file that provisions and updates a fleet without an uplink: make it, verify it, make its keys."""
    from fleet import bundle as bundles

    texts = {"version": version, "serial": serial, "key": key, "keys": keys, "name": name, "spec": spec, "floor": floor}
    _run(bundles.main, verb, path, no_password=no_password, add=_list(add), retire=_list(retire), **texts)


@task(
    positional=["bundle"],
    help={
        "bundle": "the file that ./inv bundle make wrote",
        "keys": "folder of the trusted *.pub",
        "inventory": "file; default: inventory.ini",
        "limit": "only these hosts or groups",
        "canary": "group that goes first",
        "together": "group that commits together or not at all",
        "batch": "hosts at a time, numbers or percent (comma separated)",
        "max_failures": "failures that are borne before the next batch",
        "wait_for_line": "seconds that the update lock is waited for",
        "downgrade": "why an older release is let in",
    },
)
def deploy(
    _: Context,
    bundle: str,
    keys: str = "keys",
    inventory: str = "",
    limit: str = "",
    canary: str = "canary",
    together: str = "",
    batch: str = "10%,25%",
    max_failures: int = 0,
    wait_for_line: int = 0,
    downgrade: str = "",
) -> None:
    """Bring a release to the fleet: canaries, then batches; a node that it does not suit goes back by itself."""
    from fleet import deploy as deployments

    order = tuple(_list(batch) or ())
    wish = deployments.Wish(inventory, limit, canary, together, order, max_failures, float(wait_for_line), downgrade)
    _run(deployments.deploy, Path(bundle), Path(keys), wish)


@task(
    help={
        "reason": "why, for the record of every node",
        "limit": "hosts or groups",
        "inventory": "file; default: inventory.ini",
    }
)
def rollback(_: Context, reason: str = "", limit: str = "", inventory: str = "") -> None:
    """Give up a deployment that is under way, or go back to the release before (ansible/rollback.yml)."""
    from fleet import deploy as deployments

    _run(deployments.roll_back, reason, deployments.Wish(inventory, limit))


@task(positional=["host"], help={"host": "one host of the inventory", "inventory": "file; default: inventory.ini"})
def support_bundle(_: Context, host: str, inventory: str = "") -> None:
    """Logs, settings and report of one node in one archive (build/support/), secrets hidden."""
    from fleet import support_bundle as support

    _run(support.fetch, host, inventory)


@task
def clean(context: Context) -> None:
    """Remove build/ and caches; environments and models stay."""
    context.run("rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis")
