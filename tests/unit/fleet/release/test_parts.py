"""The parts of a bundle, and the manifest that describes them."""

from __future__ import annotations

import pytest
from simulation.releases import GATE, image_archive

from fleet.core.errors import BundleError
from fleet.release import bundle
from node_agent.errors import ReleaseRefused
from node_agent.release import manifest
from tests.unit.fleet.release.bundles import made


def test_nothing_is_signed_that_a_node_would_not_take(root, key, tmp_path):
    with pytest.raises(BundleError, match="soak_s"):
        made(root, key, tmp_path / "a.bundle", gate=GATE | {"soak_s": 1})
    (root / "ocr-app.tar").write_bytes(image_archive("1.0", l4t="35.4.1")[0])
    with pytest.raises(BundleError, match=r"L4T 35\.4\.1"):
        made(root, key, tmp_path / "a.bundle")
    (root / "ocr-app.tar").unlink()
    with pytest.raises(BundleError, match=r"ocr-app\.tar is not there"):
        made(root, key, tmp_path / "a.bundle")


def test_a_challenge_set_says_what_it_expects(root, key, tmp_path):
    (root / "challenge" / "expected.json").rename(root / "challenge" / "images.json")
    with pytest.raises(BundleError, match=r"expected\.json"):
        made(root, key, tmp_path / "a.bundle")


def test_the_committed_specification_can_be_read():
    spec = bundle.load_toml(bundle.SPEC)
    assert {part["kind"] for part in spec["part"]} <= set(manifest.KINDS)
    assert set(spec["gate"]) == set(GATE)
    with pytest.raises(ReleaseRefused):
        manifest.parse(b"{}")
