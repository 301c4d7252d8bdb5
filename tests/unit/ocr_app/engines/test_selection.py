"""Which engine is loaded at run time: exactly one, whole, for this platform, and built from the current models."""

import pytest

from ocr_app.core import files
from ocr_app.core.errors import EngineError, UsageError
from ocr_app.engines import selection
from ocr_app.engines.cache import Cache
from ocr_app.engines.key import EngineIdentity, Platform, ShapeProfile
from ocr_app.engines.manifest import EngineManifest
from ocr_app.export import network_specs

NETWORKS = network_specs.networks()
PLATFORM = Platform("onnxruntime", "1.10.0", "", "", "aarch64")


def store(cache, platform=PLATFORM, best=2, **metadata):
    spec = NETWORKS["codes-recogniser"]
    identity = EngineIdentity(spec.name, "ab" * 32, platform, "fp32", "", ShapeProfile((1,), (best,), (3,)))
    metadata = dict({"sources": selection.sources_of(spec)}, **metadata)
    check = {"against": "", "samples": 1, "changed": 0, "largest_error": 0.0}
    made = EngineManifest(identity, files.sha256_of(b"x"), 1, "m.onnx", metadata, [], [], None, check, {})
    return cache.store(made, b"x")


@pytest.fixture
def cache(tmp_path):
    return Cache(str(tmp_path / "engines"))


def chosen(cache):
    return selection.choose(cache, NETWORKS["codes-recogniser"], PLATFORM, "fp32")


def refusal(cache):
    with pytest.raises(EngineError) as caught:
        chosen(cache)
    return caught.value.code


def test_exactly_one_engine_is_taken(cache):
    assert refusal(cache) == "missing"
    name = store(cache)
    assert chosen(cache)[1].name == name
    other = store(cache, best=3)
    with pytest.raises(UsageError, match="several engines") as caught:
        chosen(cache)
    assert name in caught.value.found and other in caught.value.found


def test_what_does_not_fit_is_refused_by_its_reason(cache):
    name = store(cache, PLATFORM._replace(arch="x86_64"))
    assert refusal(cache) == "foreign"
    cache.remove([name + ".json", name + ".engine"])
    name = store(cache, PLATFORM._replace(version="1.9.0"))
    assert refusal(cache) == "stale"
    cache.remove([name + ".json", name + ".engine"])
    store(cache, sources="code-recogniser.onnx:older")
    assert refusal(cache) == "stale"


def test_an_engine_whose_target_is_not_installed_is_foreign(cache):
    manifest = cache.read_named(store(cache))[1]
    selection.check_platform(manifest, PLATFORM)
    with pytest.raises(EngineError, match="onnxruntime is not installed here") as caught:
        selection.check_platform(manifest, None)
    assert caught.value.code == "foreign" and caught.value.expected == PLATFORM.describe()


def test_an_engine_of_an_unknown_network_is_stale(cache):
    manifest = cache.read_named(store(cache))[1]
    selection.check_sources(manifest)
    unknown = manifest._replace(identity=manifest.identity._replace(network="nothing"))
    with pytest.raises(EngineError, match="is stale"):
        selection.check_sources(unknown)
