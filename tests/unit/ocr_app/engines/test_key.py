"""The key of an engine: equal for equal identities, different for all others."""

import json

import pytest

from ocr_app.engines import key
from ocr_app.engines.key import EngineIdentity, Platform, ShapeProfile

PLATFORM = Platform("tensorrt", "8.2.1.8", "32.7.6", "5.3", "aarch64")
PROFILE = ShapeProfile((1, 1, 32, 40), (3, 1, 32, 352), (5, 1, 32, 1056))
IDENTITY = EngineIdentity("codes-recogniser", "ab" * 32, PLATFORM, "fp16", "", PROFILE)


def test_every_part_changes_the_key():
    changed = [
        IDENTITY._replace(network="x"),
        IDENTITY._replace(model="cd" * 32),
        IDENTITY._replace(precision="fp32"),
        IDENTITY._replace(plan="1"),
        IDENTITY._replace(profile=PROFILE._replace(least=(1, 1, 32, 48))),
        IDENTITY._replace(profile=PROFILE._replace(best=(2, 1, 32, 352))),
        IDENTITY._replace(profile=PROFILE._replace(most=(6, 1, 32, 1056))),
    ]
    changed += [IDENTITY._replace(platform=PLATFORM._replace(**{name: "other"})) for name in Platform._fields]
    keys = {key.key_of(identity) for identity in changed + [IDENTITY]}
    assert len(keys) == len(changed) + 1
    assert all(key.from_json(json.loads(json.dumps(key.to_json(identity)))) == identity for identity in changed)
    assert key.differences(IDENTITY, changed[1]) == ("model",)


@pytest.mark.parametrize("network", ["../evil", "A b", "", "-x"])
def test_a_name_that_is_no_file_name_is_refused(network):
    with pytest.raises(ValueError):
        key.from_json(key.to_json(IDENTITY._replace(network=network)))


def test_the_key_of_an_identity_never_changes():
    """Engines on boards are found by it: a change of this value would make every one of them stale."""
    assert key.key_of(IDENTITY) == "a427788b465e4c3d6a51720f76010e783a6cf5db0d2bd66c0d845044bf6772e5"
    assert key.name_of(IDENTITY) == "codes-recogniser-tensorrt-fp16-" + key.key_of(IDENTITY)[:20]


def test_a_platform_is_described_without_what_it_lacks():
    assert PLATFORM.describe() == "tensorrt 8.2.1.8, L4T 32.7.6, compute capability 5.3, aarch64"
    assert Platform("onnxruntime", "1.10.0", "", "", "x86_64").describe() == "onnxruntime 1.10.0, x86_64"


@pytest.mark.parametrize("changes", [{"model": 1}, {"plan": None}, {"precision": "FP 16"}, {"place": {}}])
def test_parts_of_another_type_are_refused(changes):
    with pytest.raises((KeyError, TypeError, ValueError)):
        key.from_json(dict(key.to_json(IDENTITY), **changes))
