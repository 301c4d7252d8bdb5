"""Figures about processes; the measurements themselves are `./inv site bench`."""

import os
import subprocess
import sys

import pytest

from fleet.core.errors import SiteError
from fleet.site.proof import scale


def test_processor_time_counts_children_too():
    before = scale.processor_s(os.getpid())
    subprocess.run([sys.executable, "-c", "sum(range(10**7))"], check=True)
    assert scale.processor_s(os.getpid()) > before
    assert scale.processor_s(2**30) == 0.0


def test_memory_is_that_of_the_process():
    assert 1000 < scale.memory_kb(os.getpid()) < 10_000_000


def started(code):
    return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_crowd_begins_when_it_is_connected_and_tells_what_it_did():
    made = started("print('connected', flush=True); input(); print('{\"sent\": 3}')")
    scale.go(made)
    assert scale.ended(made) == {"sent": 3}


def test_a_crowd_that_fails_is_an_error():
    with pytest.raises(SiteError, match="ended with 3"), started("raise SystemExit(3)") as made:
        scale.go(made)
    with pytest.raises(SiteError, match="ended with 0"), started("pass") as made:
        scale.ended(made)
