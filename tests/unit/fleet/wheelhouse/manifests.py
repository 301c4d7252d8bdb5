"""A small manifest to audit."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.wheelhouse.store.manifest import WheelhouseManifest, read


@pytest.fixture
def manifest(tmp_path: Path) -> WheelhouseManifest:
    (tmp_path / "wheels").mkdir()
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "small.txt").write_text("numpy==1.19.5 --hash=sha256:" + "0" * 64 + "\n")
    common = 'version = "1.10.0"\nvia = "url"\nsha256 = "record-on-first-fetch"\nreason = "-"\nwhy = "-"\n'
    (tmp_path / "wheels" / "manifest.toml").write_text(
        '[target.nano]\npython = "3.6.9"\nabi = "cp36m"\nplatforms = ["linux_aarch64"]\nlocks = ["small"]\n'
        f'[[artefact]]\nname = "torch"\nfile = "torch-1.10.0-py3-none-any.whl"\nurls = ["https://a/", "https://b/"]\n'
        f'licence = "BSD"\n{common}'
        f'[[artefact]]\nname = "sources"\nkind = "archive"\nfile = "s.tar.gz"\nurls = ["https://a/"]\n'
        f'licence = "not stated"\n{common}'
    )
    return read(tmp_path / "wheels" / "manifest.toml")
