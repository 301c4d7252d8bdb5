"""The wheels that are made from source archives have the bytes of the manifest, whatever the umask of the maker."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.core.files import sha256_of
from fleet.environments import pure_wheels


@pytest.fixture
def narrow_umask() -> Iterator[None]:
    """New files are for their owner alone."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.parametrize("item", pure_wheels.read_pure(), ids=lambda item: item.name)
def test_a_wheel_has_the_bytes_of_the_manifest(item: pure_wheels.PureWheel, tmp_path: Path, narrow_umask: None) -> None:
    assert sha256_of(pure_wheels.ensure(item, tmp_path)) == item.sha256
