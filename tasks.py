"""Tasks for Invoke: `./inv --list`. They only parse options; fleet/ and ocr_app/ do the work."""

from __future__ import annotations

import sys
from pathlib import Path

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

from fleet.core import logs
from fleet.core.errors import FleetError

ROOT = Path(__file__).resolve().parent


def _run(work: object, *arguments: object, **options: object) -> None:
    """Run a function of fleet/; its errors become a message and an exit code."""
    try:
        logs.configure()
        code = work(*arguments, **options)  # type: ignore[operator]
    except FleetError as error:
        raise Exit(f"inv: {error}", error.exit_code) from error
    if isinstance(code, int) and code:
        raise Exit(code=code)


def _list(text: str) -> list[str] | None:
    return [part for part in text.split(",") if part] or None


@task(
    help={
        "count": "number of bundled codes to read",
        "reader": "a name from `ocr-app readers`",
        "recipe": "format of the codes; none reads freely; default: the recipe of the bundled codes",
    }
)
def demo(_: Context, count: int = 20, reader: str = "", recipe: str = "") -> None:
    """Read the bundled sample codes on this computer; prints a table, writes build/demo/report.html."""
    from fleet.development import demo as demonstration

    _run(demonstration.run, count=count, reader=reader, recipe=recipe)


@task(
    help={
        "suite": "lint, unit, property, contract, faults, envs, package, docker, line, fleet, site, arm64 (by commas)",
        "k": "only tests that match, as for pytest -k",
    }
)
def test(_: Context, suite: str = "", k: str = "") -> None:
    """Run the tests: fast suites by default, every suite if CI=true."""
    from fleet.development import suites

    _run(suites.run, suites=_list(suite), match=k)


@task
def lint(_: Context) -> None:
    """Check style, types and shell: ruff, mypy --strict, and shellcheck if it is installed."""
    from fleet.development import suites

    _run(suites.lint)


@task(
    help={
        "all_sets": "the models of every reader",
        "index": "regenerate ocr_app/data/models.json",
        "cut": "make the PP-OCR networks of the package again, from the published ones",
        "compare": "compare those networks with the published ones: docs/models/ppocr-v6.md",
    }
)
def models(_: Context, all_sets: bool = False, index: bool = False, cut: bool = False, compare: bool = False) -> None:
    """Fetch model files by name and sha256 into .models/."""
    from fleet.environments import model_files

    _run(model_files.main, all_sets=all_sets, index=index)
    if cut:
        from fleet.environments import cut_models

        _run(cut_models.main)
    if compare:
        from fleet.measurement import cuts

        _run(cuts.main)


@task(
    help={
        "verb": "fetch, verify, mirror, build or audit",
        "only": "artefacts, locks or sets (comma separated); default: all that boards need",
        "to": "mirror: the folder to copy to",
        "image": "build: in a container of this image; default: on this machine",
        "board": "build: on this board of inventory.ini",
        "say": "build: only report what would be done",
        "osv_url": "audit: another address of the OSV database",
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
    from fleet.wheelhouse import commands

    given = {"--only": only, "--to": to, "--image": image, "--board": board, "--osv-url": osv_url}
    options = [word for option, value in given.items() if value for word in (option, value)]
    _run(commands.main, [verb, *options, *(["--say"] if say else [])])


@task(
    help={
        "verb": "build, test, size, save or render",
        "only": "these images and their parents (comma separated); default: all",
        "all_": "all images, which is the default",
        "bases": "standin (made here from Debian packages) or vendor; default: vendor on a Nano, standin elsewhere",
        "arch": "amd64 or arm64; default: this machine's",
        "builder": "classic or buildkit",
        "cache": "build: --no-cache builds every step again",
        "rebuild": "size: build each again and compare the layers",
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


@task(help={"name": "only these (comma separated)", "recreate": "rebuild ready ones, too"})
def envs(_: Context, name: str = "", recreate: bool = False, status: bool = False) -> None:
    """Build the legacy environments in .envs/: EasyOCR on Python 3.6, PaddleOCR on 3.7, ..."""
    from fleet.environments import builder, model_files

    if not status:
        _run(model_files.main, all_sets=True)
        _run(builder.build, _list(name) or (), recreate=recreate)
    _run(builder.show_status)


@task(help={"name": "locks (comma separated); default: all", "upgrade": "allow newer versions"})
def lock(_: Context, name: str = "", upgrade: bool = False) -> None:
    """Compile requirements/*.txt from requirements/*.in, with hashes."""
    from fleet.environments import locks

    _run(locks.main, (_list(name) or []) + (["--upgrade"] if upgrade else []))


@task(
    help={
        "quick": "fewer images (this computer)",
        "only": "only these readers (comma separated; this computer)",
        "out": "folder for the results (this computer)",
        "limit": "boards to measure on, as for ansible-playbook",
        "inventory": "file; default: inventory.ini",
        "readers": "names as for `ocr-app read --reader` (comma separated)",
        "engines": "tensorrt; onnxruntime (virtual boards); none, cuda: a reader's own networks on processor or GPU",
        "precisions": "fp32, fp16; comma separated",
        "parts": "runs, modules, cnn, speed; default: all",
        "dataset": "a path on the boards; default: the bundled set",
        "images": "read only this many images of the set, evenly spread",
        "warm_up": "inferences before a run",
        "rounds": "of the part speed",
        "threads": "CPU threads of a reader",
        "at_once": "boards that measure at the same time; default: all. Virtual boards share a computer: 1",
        "campaign": "name; default: the unfinished one with the same parts, or one of today",
        "again": "measure finished parts again, in a new campaign unless one is named",
        "note": "what a reader of the report has to know about the boards",
        "report": "measure nothing; write the report of a campaign again",
        "publish": "copy campaign and report to this folder of docs/results/",
    }
)
def benchmark(
    _: Context,
    quick: bool = False,
    only: str = "",
    out: str = "",
    limit: str = "",
    inventory: str = "",
    readers: str = "",
    engines: str = "",
    precisions: str = "",
    parts: str = "",
    dataset: str = "",
    images: int = 0,
    warm_up: int = 0,
    rounds: int = 0,
    threads: int = 0,
    at_once: int = 0,
    campaign: str = "",
    again: bool = False,
    note: str = "",
    report: bool = False,
    publish: str = "",
) -> None:
    """Measure every reader that can run here (docs/results/<date>-<machine>/), or, with --limit, on boards."""
    if limit or inventory or report:
        from fleet.campaigns import commands
        from fleet.campaigns.request import CampaignRequest

        names = [tuple(_list(text) or ()) for text in (readers, engines, precisions, parts)]
        asked = CampaignRequest(
            limit, inventory, names[0], names[1], names[2], names[3], dataset, images, warm_up, rounds, threads,
            at_once, campaign, again, note,
        )  # fmt: skip
        _run(commands.main, asked, publish, report)
        return
    from fleet.measurement import matrix

    _run(matrix.main, quick=quick, only=_list(only), out=Path(out) if out else None)
    if not quick and not out and not only:
        _write_numbers()


@task(
    help={
        "readers": "names as for `ocr-app read --reader` (comma separated); default: those of matrix.toml",
        "sets": "photos, photos2, dates, lines (comma separated); default: all",
        "limit": "read only this many images of each set, evenly spread",
        "repeat": "read every image this often; the fastest counts",
        "threads": "of one reader; default: that of matrix.toml",
        "passes": "also count passes under the recipes of each kind of print",
        "keep": "an earlier record: show its other readers too",
        "out": "file of the record; default: build/photographs.json",
        "publish": "write docs/results/photographs.json and .md",
    }
)
def photographs(
    _: Context,
    readers: str = "",
    sets: str = "",
    limit: int = 0,
    repeat: int = 1,
    threads: int = 0,
    passes: bool = False,
    keep: str = "",
    out: str = "",
    publish: bool = False,
) -> None:
    """Read the real photographs and crops with several readers in turns, image by image, and compare them."""
    from fleet.measurement import photographs as side_by_side

    asked = side_by_side.TurnsRequest(_list(readers), _list(sets), limit or None, repeat, threads or None, passes)
    files = [Path(name) if name else None for name in (out, keep)]
    _run(side_by_side.main, asked, *files, publish=publish)


@task(
    help={
        "reader": "a reader that decodes under recipes; default: that of matrix.toml",
        "sets": "beginnings of names, such as real-photos, nano-codes-100 (comma separated); default: all",
        "limit": "read only this many images of each set, evenly spread",
        "threads": "of the reader; default: that of matrix.toml",
        "keep": "earlier records of the same reader and code (comma separated): keep their other parts",
        "out": "file of the record; default: build/passes.json",
        "publish": "write docs/models/passes.json, .md and .svg",
    }
)
def passes(
    _: Context,
    reader: str = "",
    sets: str = "",
    limit: int = 0,
    threads: int = 0,
    keep: str = "",
    out: str = "",
    publish: bool = False,
) -> None:
    """Count right and wrong passes under recipes on every set, and draw the rejection curves."""
    from fleet.measurement import passes as measured

    asked = measured.PassesRequest(reader or None, _list(sets), limit or None, threads or None)
    earlier = [Path(name) for name in _list(keep) or []]
    _run(measured.main, asked, Path(out) if out else None, earlier, publish=publish)


@task(
    help={
        "only": "groups (recipes taught from samples) or recipes (written by hand); default: both",
        "root": "the folder of the pictures (default: ../shared/real)",
        "out": "where the record goes (default: build/trials.json)",
        "publish": "write docs/results/trials.json and its page",
    }
)
def trials(_: Context, only: str = "", root: str = "", out: str = "", publish: bool = False) -> None:
    """Try recipes on real pictures as a new user does: taught from groups of samples, and written by hand."""
    from fleet.measurement import trials as tried

    _run(tried.main, Path(out) if out else None, publish=publish, only=only, root=root)


@task(
    help={
        "network": "only these of ocr_app/data/networks.json (comma separated)",
        "compare": "compare exports with originals on real crops (--no-compare: only export)",
        "quick": "compare on a few images",
        "publish": "only write docs/results/export.md from the last full comparisons",
    }
)
def export(_: Context, network: str = "", compare: bool = True, quick: bool = False, publish: bool = False) -> None:
    """Export every reader's networks to ONNX (build/export/), and compare each with its original."""
    from fleet.measurement import exports

    if publish:
        _run(exports.publish)
    else:
        _run(exports.main, _list(network), compare=compare, quick=quick)


@task(
    help={
        "limit": "hosts, as for ansible-playbook",
        "precision": "fp32, fp16; comma separated",
        "reader": "name[:model], comma separated",
        "target": "tensorrt, or onnxruntime: for this computer, or for virtual boards (with --inventory)",
        "inventory": "file; default: inventory.ini",
        "rebuild": "replace engines that are stale, foreign, truncated or tampered with",
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
    """Build engines: on this Nano, or on one board of each kind for all boards of that kind (ansible/engines.yml)."""
    from fleet.plays import engines

    _run(engines.build, limit, precision, reader, target, inventory, rebuild)


@task(
    help={
        "network": "only these of ocr_app/data/networks.json (comma separated)",
        "publish": "write the page",
        "resume": "continue an earlier run: only networks that have not been judged",
    }
)
def engines_report(_: Context, network: str = "", publish: bool = True, resume: bool = False) -> None:
    """Run preflight and precision gate for every exported network: docs/results/engines.md, plans in build/plans/."""
    from fleet.measurement import gates

    _run(gates.main, _list(network), publish=publish, resume=resume)


@task(help={"what": "recogniser or detector", "resume": "continue an earlier training", "device": "cpu or cuda"})
def train(_: Context, what: str, resume: bool = False, config: str = "", out: str = "", device: str = "cpu") -> None:
    """Train a network; without --config, the one that is shipped."""
    from fleet.development import training

    _run(training.train, what, resume, Path(config) if config else None, Path(out) if out else None, device)


@task(help={"what": "recogniser or detector; default: both", "check": "compare with the committed figures"})
def evaluate(_: Context, what: str = "", check: bool = False) -> None:
    """Measure the shipped networks: the numbers of their model cards (docs/models/)."""
    from fleet.development import training

    for network in [what] if what else training.NETWORKS:
        _run(training.evaluate, network, check)


@task(
    help={
        "verb": "report (any fleet); up, status, down, shell, measure (virtual; writes docs/results/provision.md)",
        "nodes": "number of virtual Nanos (up)",
        "sizes": "numbers of virtual Nanos, by commas (measure)",
        "note": "a sentence for the page, such as what else the machine did meanwhile (measure)",
        "resume": "go on with the boards and the runs of a measurement that was cut off (measure)",
        "name": "name of the fleet; several can run at the same time",
        "arch": "amd64 or arm64; default: this machine's",
        "node": "number of the node (shell)",
        "recreate": "remove the fleet's nodes first (up)",
        "profile": "lean or full (up); default: that of the nodes that are there, else lean",
        "releases": "SERIES or SERIES:BOARD of releases.toml, for the nodes in turn (up); default: r32.7",
        "inventory": "file; default: inventory.ini (report)",
        "limit": "only these hosts or groups (report)",
        "audit": "run verify.yml first, for the column drift (report)",
        "verbose": "list the nodes that need no attention, too (report)",
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
    profile: str = "",
    releases: str = "",
    inventory: str = "",
    limit: str = "",
    audit: bool = False,
    verbose: bool = False,
    sizes: str = "1,4,16",
    resume: bool = False,
    note: str = "",
) -> None:
    """Report the state of every node (report); run virtual Nanos here (up, status, down, shell, measure)."""
    from fleet.release import fleet_status
    from fleet.scale import measure
    from fleet.virtual import commands

    if verb == "report":
        _run(fleet_status.main, inventory, limit, audit, verbose)
        return
    if verb == "measure":
        _run(measure.main, [int(size) for size in sizes.split(",")], resume, note)
        return
    _run(commands.run, verb, nodes, name, arch, node, recreate, profile, releases)


@task(
    help={
        "minutes": "how long",
        "seed": "of the inputs; the same seed makes the same ones in the same order",
        "only": "targets (comma separated): images, recipes, patterns, tables, messages, requests",
        "publish": "write the figures to docs/results/fuzz.json",
    }
)
def fuzz(_: Context, minutes: float = 20.0, seed: int = 0, only: str = "", publish: bool = False) -> None:
    """Feed hostile inputs to loaders, recipes, HTTP and the line protocol, and count what happens."""
    from fleet.measurement import fuzzing

    out = ROOT / "docs" / "results" / "fuzz.json" if publish else None
    _run(fuzzing.run, float(minutes), int(seed), _list(only), out)


@task(
    help={
        "count": "how many faults are tried",
        "seed": "which ones are drawn",
        "only": "modules, by path (comma separated); default: those of fleet/development/mutants.toml",
        "publish": "write docs/results/mutants.json and mutants.md",
    }
)
def mutants(_: Context, count: int = 100, seed: int = 0, only: str = "", publish: bool = False) -> None:
    """Put faults into node_agent, plays' Python and engines, one at a time, and see whether the tests find them."""
    from fleet.development import mutants as tried

    _run(tried.run, int(count), int(seed), _list(only) or [], publish)


@task(
    positional=["verb"],
    help={
        "verb": "demo or measure",
        "seconds": "demo: how long; default: until Ctrl-C; measure: of each run; default: 20",
        "mqtt": "demo: --no-mqtt does without a broker",
        "rounds": "measure: how often each way takes its turn",
        "publish": "measure: write docs/results/line.json and line.md",
    },
)
def line(
    _: Context, verb: str, seconds: float = 0.0, mqtt: bool = True, rounds: int = 3, publish: bool = False
) -> None:
    """Try the live line on this computer (demo); measure its throughput and latency (measure)."""
    from fleet.live import demo as demonstration
    from fleet.live import measure

    if verb == "demo":
        _run(demonstration.run, float(seconds), mqtt)
    elif verb == "measure":
        _run(measure.run, rounds, float(seconds) or measure.SECONDS, publish)
    else:
        raise Exit(f"inv: line {verb}: not known; demo or measure", 2)


@task(
    help={
        "hours": "how long",
        "every": "seconds between two faults",
        "publish": "write docs/results/soak.json and soak.md",
    }
)
def soak(_: Context, hours: float = 2.0, every: float = 60.0, publish: bool = False) -> None:
    """Let a live line run for hours with faults: broker and reading process killed, disk full; count what is lost."""
    from fleet.live import soak as soaked

    _run(soaked.run, float(hours), float(every), publish)


@task(
    help={
        "broker": "HOST:PORT of the MQTT broker",
        "listen": "HOST:PORT of the server; default: 127.0.0.1:4840",
        "options": "more, in quotes; --options=--help lists them",
    }
)
def opcua(_: Context, broker: str = "", listen: str = "", options: str = "") -> None:
    """Show lines that speak MQTT as nodes of OPC UA, until Ctrl-C."""
    import shlex

    from fleet.gateway import commands

    chosen = (["--broker", broker] if broker else []) + (["--listen", listen] if listen else [])
    _run(commands.run, chosen + shlex.split(options))


@task(
    positional=["verb"],
    help={
        "verb": "demo, collect, page, migrate or bench",
        "settings": "collect, page, migrate: the settings file",
        "name": "collect: name of this collector instead of collect.name",
        "metrics": "collect: HOST:PORT for Prometheus instead of collect.metrics",
        "seconds": "demo: end after so many; 0 runs until Ctrl-C",
        "quick": "bench: a short run, whose figures say nothing",
        "publish": "bench: write docs/results/site.json and site.md",
    },
)
def site(
    _: Context, verb: str, settings: str = "site.yaml", name: str = "", metrics: str = "", seconds: float = 0.0,
    quick: bool = False, publish: bool = False,
) -> None:  # fmt: skip
    """Collect every result of every board in PostgreSQL (collect, migrate), show them (page); demo and bench try it."""
    from fleet.site import commands

    _run(commands.run, verb, settings, name=name, metrics=metrics, seconds=float(seconds), quick=quick, publish=publish)


@task(help={"say": "only report the commands"})
def fonts(_: Context, say: bool = False) -> None:
    """Install the fonts that training and its tests need."""
    from fleet.development import training

    _run(training.install_fonts, say)


@task
def docs(_: Context) -> None:
    """Regenerate what docs take from results and code: reports, numbers, reference pages. Measures nothing."""
    from fleet.boards import written
    from fleet.gateway import reference as nodes
    from fleet.measurement import matrix
    from fleet.reports import architecture, blocks, command_line
    from fleet.reports.recipes import troubleshooting
    from fleet.site import reference as of_site
    from ocr_app.line.outputs import reference as registers
    from ocr_app.line.settings import reference

    _run(matrix.report, blocks.newest())
    _write_numbers()
    _run(written.main)
    _run(reference.main)
    _run(registers.main)
    _run(nodes.main)
    _run(of_site.main)
    _run(command_line.main)
    _run(troubleshooting.main)
    _run(architecture.main)


def _write_numbers() -> None:
    from fleet.reports import blocks

    changed = blocks.write(ROOT)
    print("written: " + ", ".join(changed) if changed else "all numbers are up to date")


@task(help={"check": "make the set in build/, to compare with the committed one"})
def dataset(context: Context, check: bool = False) -> None:
    """Make data/nano-codes-100 from its seed."""
    target = ROOT / "build" / "nano-codes-100" if check else ROOT / "data" / "nano-codes-100"
    context.run(f"{sys.executable} -m training.make_nano_codes --out {target} --seed 2025 --count 100", pty=False)


_PLAY = {
    "inventory": "file; default: inventory.ini",
    "limit": "only these hosts or groups",
    "tags": "only these roles (comma separated)",
}


@task(help={**_PLAY, "check": "report what would change, and change nothing"})
def provision(
    _: Context, inventory: str = "", limit: str = "", tags: str = "", check: bool = False, reset: bool = False
) -> None:
    """Turn blank Nanos into nodes (ansible/provision.yml); --reset undoes it."""
    from fleet.plays import playbooks

    _run(playbooks.play, "reset" if reset else "provision", inventory, limit, tags, check)


@task(help=_PLAY)
def verify(_: Context, inventory: str = "", limit: str = "", tags: str = "") -> None:
    """Audit the nodes (ansible/verify.yml); exit code 0 if every rule holds on every host."""
    from fleet.plays import playbooks

    _run(playbooks.play, "verify", inventory, limit, tags)


@task
def ansible(_: Context) -> None:
    """Print the command that puts ansible-playbook on the PATH: eval "$(./inv ansible)"."""
    from fleet.plays import playbooks

    print(playbooks.activation())


@task(
    help={
        "verb": "make, verify or keys",
        "path": "verify: the bundle; make: folder for the bundle; keys: folder for the keys",
        "version": "make: version of the release",
        "key": "make: the secret key that signs",
        "keys": "verify: folder of the trusted *.pub",
        "add": "make: public keys to trust from now on (comma separated files)",
        "retire": "make: ids of keys to retire (comma separated)",
        "floor": "make: after commit, releases below this serial are refused",
        "serial": "make: boards refuse a lower one than they had; default: the number of commits",
        "virtual": "make: for virtual Nanos, around a small stand-in for the application (a rehearsal)",
        "broken": "make --virtual: unhealthy, misreads, crashes, silent or freezes",
        "l4t": "make --virtual: a release of L4T, such as 36.4.3, whose series it is for; default: a Nano's",
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
    virtual: bool = False,
    broken: str = "",
    l4t: str = "",
) -> None:
    """Make and verify bundles, signed files that provision and update a fleet without an uplink; make keys."""
    from fleet.release import bundle as bundles

    if virtual or broken:
        from fleet.release import rehearsal

        _run(rehearsal.main, version, key, serial, broken, path, l4t)
        return
    texts = {"version": version, "serial": serial, "key": key, "keys": keys, "name": name, "spec": spec, "floor": floor}
    _run(bundles.main, verb, path, no_password=no_password, add=_list(add), retire=_list(retire), **texts)


@task(
    positional=["verb", "folder"],
    help={
        "verb": "make",
        "folder": "a data set with labels, or images (--as-read)",
        "recipe": "the recipe that boards read under; default: that of fleet/release/bundle.toml",
        "count": "this many images, evenly spread; default: all",
        "as_read": "take what is read as the truth: you have looked at every line of the table",
        "leave_out": "leave out images that are not read as they are labelled",
        "out": "folder; default: build/challenge, which bundles take",
    },
)
def challenge(
    _: Context,
    verb: str,
    folder: str,
    recipe: str = "",
    count: int = 0,
    as_read: bool = False,
    leave_out: bool = False,
    out: str = "",
) -> None:
    """Make a challenge set: images, and what each release must read in them on every board before it is committed."""
    from fleet.release import challenge as challenges

    _run(challenges.main, verb, folder, recipe, count, as_read, leave_out, out)


@task(
    positional=["bundle"],
    help={
        "bundle": "the file that ./inv bundle make wrote",
        "keys": "folder of the trusted *.pub",
        "inventory": "file; default: inventory.ini",
        "limit": "only these hosts or groups",
        "canary": "group that is deployed first",
        "together": "group that commits together or not at all",
        "batch": "hosts at a time, numbers or percent (comma separated)",
        "max_failures": "failures that are tolerated before the next batch",
        "wait_for_line": "seconds to wait for the update lock",
        "downgrade": "reason for an older release",
        "again": "reason to try once more on a canary that an operator told to go back",
        "replay": "report.json of `ocr-app replay` against this release; refused above the bounds of the rules",
        "rules": "what a deployment demands; default: fleet/rollout/rules.toml",
        "verbose": "list the nodes that need no attention, too",
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
    again: str = "",
    replay: str = "",
    rules: str = "",
    verbose: bool = False,
) -> None:
    """Deploy a release: canaries first, then batches; a node that it does not suit goes back by itself."""
    from fleet.release import deployment
    from fleet.rollout.request import DeployRequest

    order = tuple(_list(batch) or ())
    request = DeployRequest(
        inventory, limit, canary, together, order, max_failures, float(wait_for_line), downgrade, again,
        replay=Path(replay) if replay else None, rules=Path(rules) if rules else None,
    )  # fmt: skip
    _run(deployment.deploy, Path(bundle), Path(keys), request, verbose=verbose)


@task(
    positional=["verb", "path"],
    help={
        "verb": "unpack, measure or engines",
        "path": "unpack: the bundle of a release",
        "keys": "unpack: folder of the trusted *.pub",
        "out": "unpack: folder; default: build/replays/releases/VERSION-ID",
        "pictures": "measure: how many drawn pictures have their verdicts compared",
        "rounds": "measure: how often each way takes its turn",
        "dask": "engines: a Python that has distributed",
        "ray": "engines: a Python that has ray",
        "publish": "measure and engines: write the pages in docs/results",
    },
)
def replay(
    _: Context,
    verb: str,
    path: str = "",
    keys: str = "keys",
    out: str = "",
    pictures: int = 200,
    rounds: int = 3,
    dask: str = "",
    ray: str = "",
    publish: bool = False,
) -> None:
    """Unpack a verified release for `ocr-app replay --against` (unpack); measure replays and engines of clusters."""
    from fleet.replays import engines, measure, unpacking

    if verb == "unpack":
        _run(unpacking.main, path, Path(keys), Path(out) if out else None)
    elif verb == "measure":
        _run(measure.run, pictures, rounds, publish)
    elif verb == "engines":
        _run(engines.run, dask, ray, publish)
    else:
        raise Exit(f"inv: replay {verb}: not known; unpack, measure or engines", 2)


@task(
    help={
        "reason": "a reason for the record of every node",
        "limit": "hosts or groups",
        "inventory": "file; default: inventory.ini",
    }
)
def rollback(_: Context, reason: str = "", limit: str = "", inventory: str = "") -> None:
    """Abandon a deployment in progress, or go back to the previous release (ansible/rollback.yml)."""
    from fleet.release import deployment
    from fleet.rollout.request import DeployRequest

    _run(deployment.roll_back, reason, DeployRequest(inventory, limit))


@task(
    help={
        "limit": "boards, as for ansible-playbook",
        "inventory": "file; default: inventory.ini",
        "through": "release or command; default: the container of the release where one runs, else the command",
    }
)
def app(context: Context, limit: str = "", inventory: str = "", through: str = "") -> None:
    """Run the application on boards, and bring results and pictures back: ./inv app --limit HOSTS -- read IMAGE."""
    from fleet.release import board_app

    _run(board_app.main, limit, inventory, context.remainder, through)


@task(positional=["host"], help={"host": "one host of the inventory", "inventory": "file; default: inventory.ini"})
def support_bundle(_: Context, host: str, inventory: str = "") -> None:
    """Fetch logs, settings and report of one node as an archive (build/support/), without secrets."""
    from fleet.release import support

    _run(support.fetch, host, inventory)


@task
def clean(context: Context) -> None:
    """Remove build/ and caches; environments and models are kept."""
    context.run("rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis")
