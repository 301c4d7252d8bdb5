"""Engines that came with a release: taken where they fit, left alone where they are here, said where they are not."""

import os

import pytest

from ocr_app.core.files import sha256_of
from ocr_app.engines import pack
from ocr_app.engines.cache import Cache
from ocr_app.engines.key import EngineIdentity, Platform, ShapeProfile
from ocr_app.engines.manifest import EngineManifest
from ocr_app.line.reading import packs

NANO = Platform("tensorrt", "8.2.1.8", "32.7.6", "5.3", "aarch64")
PROFILE = ShapeProfile((1, 1, 32, 40), (3, 1, 32, 352), (5, 1, 32, 1056))
DATA = b"engine" * 1000


def filled(folder, place=NANO, networks=("codes-detector", "codes-recogniser")):
    """A pack of engines that were made for ``place``."""
    cache = Cache(str(folder / "made"))
    check = {"against": "onnxruntime", "samples": 3, "changed": 0, "largest_error": 0.001}
    for network in networks:
        parts = EngineIdentity(network, "ab" * 32, place, "fp16", "", PROFILE)
        own = EngineManifest(parts, sha256_of(DATA), len(DATA), "m.onnx", {}, ["image"], ["logits"], None, check, {})
        cache.store(own, DATA)
    return cache


@pytest.fixture
def release(tmp_path):
    """The folder of packs of a release, with one for NANO."""
    folder = tmp_path / "release"
    folder.mkdir()
    cache = filled(tmp_path)
    pack.pack(cache, cache.names(), str(folder / "nano.tar"))
    return folder


def taken(release, cache, place=NANO):
    return packs.take(str(release), cache, lambda name: place)


def test_those_for_this_board_are_taken_once(release, tmp_path):
    cache = Cache(str(tmp_path / "cache"))
    (line,) = taken(release, cache)
    assert "nano.tar: took codes-detector-" in line and ", codes-recogniser-" in line
    assert [entry.problem for entry in cache.entries()] == [None, None]
    before = {name: os.stat(cache.path(name)).st_mtime_ns for name in cache.names()}
    assert taken(release, cache) == []
    assert before == {name: os.stat(cache.path(name)).st_mtime_ns for name in cache.names()}


def test_a_damaged_engine_is_taken_anew_and_the_others_stay(release, tmp_path):
    cache = Cache(str(tmp_path / "cache"))
    taken(release, cache)
    first = cache.names()[0]
    with open(cache.path(first), "r+b") as stream:
        stream.truncate(100)
    (line,) = taken(release, cache)
    assert line.endswith("took " + first) and cache.read_named(first)[0] == DATA


@pytest.mark.parametrize("part, value", [("capability", "7.2"), ("l4t", "32.6.1"), ("version", "8.0.1")])
def test_those_for_other_boards_are_left_and_said(release, tmp_path, part, value):
    cache = Cache(str(tmp_path / "cache"))
    (line,) = taken(release, cache, NANO._replace(**{part: value}))
    assert "for other boards" in line and value not in cache.names() and cache.names() == []


def test_a_damaged_pack_gives_nothing(release, tmp_path):
    path = release / "nano.tar"
    path.write_bytes(path.read_bytes().replace(b"engineengine", b"enginexngine", 1))
    cache = Cache(str(tmp_path / "cache"))
    (line,) = taken(release, cache)
    assert "not taken" in line and cache.names() == []


def test_a_cache_that_cannot_be_written_is_said(release, tmp_path):
    (tmp_path / "file").write_text("")
    (line,) = taken(release, Cache(str(tmp_path / "file" / "cache")))
    assert "not taken" in line and "cannot be written" in line


def test_a_release_without_packs_is_none(tmp_path):
    assert packs.take(str(tmp_path / "nothing"), Cache(str(tmp_path)), lambda name: NANO) == []
