"""Real images for the slow suite `docker`: built once a run, on stand-in bases, with the classic builder."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

import pytest

from fleet.core.errors import InterpreterMissing
from fleet.environments import interpreters
from fleet.images import building, spec

HERE = Path(__file__).parent
BUILT = ("ocr-app", "ocr-app-cpu")


def lacking() -> str:
    """What this machine lacks to build images, in words; empty when nothing."""
    if os.geteuid():
        return "not root: the stand-in bases are made by debootstrap"
    gone = [tool for tool in ("docker", "debootstrap") if not shutil.which(tool)]
    if gone:
        return f"{', '.join(gone)} not found: apt-get install docker.io debootstrap"
    try:
        interpreters.find("3.6")
        interpreters.find("3.7")
    except InterpreterMissing as error:
        return error.found
    return ""


def _absent(what: str, step: str) -> None:
    found = importlib.util.spec_from_file_location("common_conftest", HERE.parent / "conftest.py")
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    module.absent(what, step)


@pytest.fixture(scope="session")
def images() -> spec.ImageCatalogue:
    """The two applications and what they stand on, built."""
    if problem := lacking():
        _absent(f"a machine that builds images ({problem})", "see docs/how-to/containers.md")
    building.build(list(BUILT), building.plan("standin"))
    return spec.load()
