"""The engines in the cache, and packs of them."""

import json

import pytest

from ocr_app.cli.main import main
from ocr_app.core.files import sha256_of
from ocr_app.engines import selection
from ocr_app.engines.building.reference import WORK
from ocr_app.engines.building.services import STATE_FILE
from ocr_app.engines.cache import Cache
from ocr_app.engines.key import EngineIdentity, ShapeProfile
from ocr_app.engines.manifest import EngineManifest
from ocr_app.engines.targets import target
from ocr_app.export import network_specs

pytest.importorskip("onnxruntime")
DATA = b"engine"


@pytest.fixture
def cache(tmp_path):
    return Cache(str(tmp_path / "engines"))


def store(cache, network="codes-recogniser", **platform):
    """An engine that would be loaded here, unless ``platform`` makes it another one's."""
    here = target.module_of("onnxruntime").current_platform()._replace(**platform)
    identity = EngineIdentity(network, "ab" * 32, here, "fp32", "", ShapeProfile((1,), (2,), (3,)))
    metadata = {"sources": selection.sources_of(network_specs.networks()[network])}
    check = {"against": "", "samples": 1, "changed": 0, "largest_error": 0.0}
    build = {"at": "2026-01-31T12:00:00Z"}
    return cache.store(
        EngineManifest(identity, sha256_of(DATA), len(DATA), "m.onnx", metadata, [], [], None, check, build), DATA
    )


@pytest.fixture
def engine(cache, capsys):
    """``ocr-app engine`` on the cache: exit code, output, errors."""

    def run(verb, *arguments, folder=cache.folder):
        words = ["engine", verb, "--engines", folder, "--target", "onnxruntime", *map(str, arguments)]
        code = main(words)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_an_empty_cache_is_listed(engine):
    assert engine("list") == (0, "no engines\n", "")


def test_engines_are_listed_with_what_is_wrong(cache, engine):
    name, other = store(cache), store(cache, "codes-detector", arch="elsewhere")
    code, printed, _ = engine("list")
    assert code == 0 and [name, "fits", "0.0", "2026-01-31T12:00:00Z"] in [
        line.split() for line in printed.splitlines()
    ]
    assert "the engine {} is foreign".format(other) in printed
    rows = json.loads(engine("list", "--json")[1])["engines"]
    assert {row["name"]: row["state"] for row in rows} == {name: "fits", other: "foreign"}


def test_interrupted_builds_are_reported(cache, engine, tmp_path):
    store(cache)
    (tmp_path / "engines" / "x.engine").write_bytes(b"half")
    (tmp_path / "engines" / WORK).mkdir()
    (tmp_path / "engines" / WORK / STATE_FILE).write_text('["ocr.service"]')
    printed = engine("list")[1]
    assert "x.engine: left by an interrupted build; run ocr-app engine prune" in printed
    assert "ocr.service was stopped by an interrupted build" in printed


def test_check_fails_for_an_engine_that_would_not_be_loaded(cache, engine):
    name = store(cache)
    assert engine("check")[0] == 0
    store(cache, "codes-detector", version="0")
    assert engine("check")[0] == 12 and engine("check", name)[0] == 0
    code, _, error = engine("check", "nothing")
    assert code == 12 and "no engine nothing" in error


def test_prune_removes_what_would_not_be_loaded_and_what_is_named(cache, engine):
    name, stale = store(cache), store(cache, "codes-detector", version="0")
    code, printed, _ = engine("prune")
    assert code == 0 and printed.split() == [stale + ".json", stale + ".engine"]
    assert engine("prune")[1] == "nothing to remove\n" and cache.names() == [name]
    assert json.loads(engine("prune", name, "--json")[1])["removed"] == [name + ".json", name + ".engine"]


def test_a_pack_is_written_and_unpacked(cache, engine, tmp_path):
    name = store(cache)
    stale = store(cache, "codes-detector", version="0")
    code, printed, _ = engine("pack", "--out", tmp_path / "p.tar")
    packed = json.loads(printed)
    assert code == 0 and packed["engines"] == [name], "only what would be loaded here"
    assert engine("pack", stale, "--out", tmp_path / "q.tar")[0] == 12
    there = str(tmp_path / "there")
    assert engine("unpack", tmp_path / "p.tar", "--sha256", "ab" * 32, folder=there)[0] == 12
    code, printed, _ = engine("unpack", tmp_path / "p.tar", "--sha256", packed["sha256"], folder=there)
    assert (code, printed) == (0, name + "\n") and Cache(there).names() == [name]


def test_the_platform_is_printed_with_its_group(engine):
    code, printed, _ = engine("place", "--json")
    record = json.loads(printed)
    platform = target.module_of("onnxruntime").current_platform()
    assert code == 0 and len(record.pop("group")) == 12 and record == dict(platform._asdict())
