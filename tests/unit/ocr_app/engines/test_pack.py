"""Engines in one file. tests/faults breaks packs, fills disks and kills the writer."""

import io
import tarfile

import pytest
from engine_files import DATA, IDENTITY, PLATFORM, manifest_of

from ocr_app.core.errors import EngineError, UsageError
from ocr_app.engines import pack
from ocr_app.engines.cache import Cache


def platform_of(target):
    assert target == "tensorrt"
    return PLATFORM


@pytest.fixture
def packed(tmp_path):
    """(path, sha256, name) of a pack of one engine."""
    cache = Cache(str(tmp_path / "here"))
    name = cache.store(manifest_of(), DATA)
    path = str(tmp_path / "engines.tar")
    return path, pack.pack(cache, [name], path), name


@pytest.fixture
def cache(tmp_path):
    return Cache(str(tmp_path / "there"))


def test_a_pack_arrives_whole(packed, cache):
    path, sha256, name = packed
    assert pack.unpack(cache, path, platform_of, sha256) == [name]
    assert cache.read(IDENTITY) == (DATA, manifest_of())


def test_the_same_engines_give_the_same_bytes(packed, tmp_path):
    _, sha256, name = packed
    assert pack.pack(Cache(str(tmp_path / "here")), [name, name], str(tmp_path / "again.tar")) == sha256


def test_without_engines_there_is_no_pack(cache, tmp_path):
    with pytest.raises(UsageError, match="no engine to pack"):
        pack.pack(cache, [], str(tmp_path / "p.tar"))


def test_engines_that_are_there_already_are_not_taken_again(packed, cache):
    path, _, name = packed
    assert pack.take(cache, path, platform_of) == [name]
    assert pack.take(cache, path, platform_of) == []
    with open(cache.path(name), "wb") as stream:
        stream.write(DATA[:-1])
    assert pack.take(cache, path, platform_of) == [name], "a damaged one is replaced"


def refusal(cache, path, **options):
    with pytest.raises(EngineError) as caught:
        pack.unpack(cache, path, options.pop("platform_of", platform_of), **options)
    assert cache.names() == [] and caught.value.exit_code == 12
    return caught.value


def test_an_engine_of_another_platform_is_refused(packed, cache):
    error = refusal(cache, packed[0], platform_of=lambda target: PLATFORM._replace(arch="x86_64"))
    assert error.code == "foreign" and packed[2] in error.found


def test_a_pack_with_another_digest_is_refused(packed, cache):
    assert refusal(cache, packed[0], sha256="ab" * 32).code == "tampered"
    assert refusal(cache, packed[0] + ".gone").code == "missing"


def test_an_engine_without_its_manifest_is_refused(tmp_path, cache):
    path = tmp_path / "half.tar"
    with tarfile.open(str(path), "w") as tar:
        member = tarfile.TarInfo("x.engine")
        member.size = 4
        tar.addfile(member, io.BytesIO(b"data"))
    error = refusal(cache, str(path))
    assert error.code == "truncated" and "x without its engine or manifest" in error.found


def test_an_empty_pack_is_refused(tmp_path, cache):
    with tarfile.open(str(tmp_path / "empty.tar"), "w"):
        pass
    assert "an empty pack" in refusal(cache, str(tmp_path / "empty.tar")).found
