"""Programs of a site, by npm, beside a real line: what versions.toml names, installed once into build/."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import absent
from tests.line.conftest import broker, consumer, line, mosquitto  # noqa: F401 - fixtures
from tests.line.test_opcua import opcua_gateway  # noqa: F401

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = Path(__file__).resolve().parent / "clients"


@pytest.fixture(scope="session")
def npm():
    """The folder of the modules of a package, by its name."""

    def installed(name):
        wanted = tomllib.loads((ROOT / "versions.toml").read_text())["npm"][name]
        folder = ROOT / "build" / "npm" / f"{name}-{wanted['version']}"
        lock = folder / "package-lock.json"
        if not lock.is_file():
            if shutil.which("npm") is None:
                absent("npm", "apt-get install npm")
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "package.json").write_text('{"private": true}')
            command = ["npm", "install", "--no-audit", "--no-fund", "--omit=optional", f"{name}@{wanted['version']}"]
            if subprocess.run(command, cwd=folder, check=False, timeout=600).returncode:
                absent(f"{name} {wanted['version']}", "npm has to reach its registry")
        got = json.loads(lock.read_text())["packages"][f"node_modules/{name}"]
        assert (got["version"], got["integrity"]) == (wanted["version"], wanted["integrity"])
        return folder / "node_modules"

    return installed


@pytest.fixture
def start_node():
    """Starts a script of clients/ with the modules of a folder; ends it at the end."""
    started = []

    def start(modules, script, *arguments, **options):
        environ = dict(os.environ, NODE_PATH=str(modules), **options.pop("environ", {}))
        process = subprocess.Popen(["node", str(script), *map(str, arguments)], env=environ, **options)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
        process.wait(20)
        if process.stdout is not None:
            process.stdout.close()
