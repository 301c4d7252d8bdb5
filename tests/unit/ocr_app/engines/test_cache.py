"""Nothing but a whole, untouched, fitting engine is ever handed out."""

import json
import os
import subprocess
import sys

import pytest
from engine_files import DATA, IDENTITY, PLATFORM, PROFILE, manifest_of

from ocr_app.core.errors import BuildError, EngineError
from ocr_app.engines import cache as caches
from ocr_app.engines import key, manifest, selection
from ocr_app.engines.cache import Cache

HOLDS = """
import sys
sys.path[:0] = {!r}
from ocr_app.engines.cache import Cache
with Cache({!r}).lock():
    print(1, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def cache(tmp_path):
    return Cache(str(tmp_path / "engines"))


def refusal(work, *arguments):
    with pytest.raises(EngineError) as caught:
        work(*arguments)
    assert caught.value.exit_code == 12 and caught.value.next_step
    return caught.value


def test_what_was_stored_comes_back(cache):
    name = cache.store(manifest_of(), DATA)
    assert cache.read(IDENTITY) == (DATA, manifest_of())
    assert name.startswith("codes-recogniser-tensorrt-fp16-")
    assert [(entry.name, entry.problem) for entry in cache.entries()] == [(name, None)]
    assert cache.leftovers() == []


def test_an_empty_cache_says_missing(cache):
    assert refusal(cache.read, IDENTITY).code == "missing"
    assert cache.entries() == [] and cache.leftovers() == []


@pytest.mark.parametrize("length", [0, 1, len(DATA) - 1])
def test_truncated(cache, length):
    name = cache.store(manifest_of(), DATA)
    with open(cache.path(name), "wb") as stream:
        stream.write(DATA[:length])
    error = refusal(cache.read, IDENTITY)
    assert error.code == "truncated" and name in error.found


@pytest.mark.parametrize("change", [lambda data: data[:-1] + b"?", lambda data: data + b"x"])
def test_tampered(cache, change):
    name = cache.store(manifest_of(), DATA)
    with open(cache.path(name), "wb") as stream:
        stream.write(change(DATA))
    assert refusal(cache.read, IDENTITY).code == "tampered"
    assert cache.entries()[0].problem.code == "tampered"


def test_an_engine_without_its_file(cache):
    name = cache.store(manifest_of(), DATA)
    os.remove(cache.path(name))
    assert refusal(cache.read, IDENTITY).code == "missing"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"version": "8.0.1"}, "stale"),
        ({"l4t": "32.7.1"}, "stale"),
        ({"capability": "7.2"}, "foreign"),
        ({"arch": "x86_64"}, "foreign"),
    ],
)
def test_another_place(cache, changed, code):
    name = cache.store(manifest_of(), DATA)
    here = PLATFORM._replace(**changed)
    error = refusal(cache.read, IDENTITY._replace(platform=here))
    assert error.code == code and name in error.found
    assert next(iter(changed.values())) in error.expected
    with pytest.raises(EngineError, match=code):
        selection.check_platform(manifest_of(), here)
    selection.check_platform(manifest_of(), PLATFORM)


@pytest.mark.parametrize(
    "changed", [{"model": "cd" * 32}, {"plan": "ef" * 32}, {"profile": PROFILE._replace(most=(1,))}]
)
def test_another_model_plan_or_shape_is_stale(cache, changed):
    cache.store(manifest_of(), DATA)
    assert refusal(cache.read, IDENTITY._replace(**changed)).code == "stale"


def test_an_engine_of_another_key_under_the_wanted_name(cache):
    """Copied by hand over the name that is looked for."""
    other = IDENTITY._replace(model="cd" * 32)
    stored, wanted = cache.store(manifest_of(other), DATA), key.name_of(IDENTITY)
    for kind in (caches.ENGINE, caches.MANIFEST):
        os.rename(cache.path(stored, kind), cache.path(wanted, kind))
    assert refusal(cache.read, IDENTITY).code == "tampered"


def test_parts_edited_in_the_manifest(cache):
    name = cache.store(manifest_of(), DATA)
    path = cache.path(name, caches.MANIFEST)
    with open(path) as stream:
        record = json.load(stream)
    record["parts"]["place"]["version"] = "8.2.9"
    with open(path, "w") as stream:
        json.dump(record, stream)
    error = refusal(cache.read, IDENTITY)
    assert error.code == "unreadable" and "key" in error.found


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff\xfe", manifest.to_bytes(manifest_of())[:-3]])
def test_an_engine_with_a_broken_manifest_is_refused(cache, data):
    """tests/unit/ocr_app/engines/test_manifest.py has every other way of breaking one."""
    name = cache.store(manifest_of(), DATA)
    with open(cache.path(name, caches.MANIFEST), "wb") as stream:
        stream.write(data)
    assert refusal(cache.read, IDENTITY).code == "unreadable"
    assert cache.entries()[0].problem.code == "unreadable"


def test_leftovers(cache):
    kept = cache.store(manifest_of(), DATA)
    for name in ("x.engine", "y.engine.12.part"):
        with open(os.path.join(cache.folder, name), "w") as stream:
            stream.write("half")
    assert cache.leftovers() == ["x.engine", "y.engine.12.part"]
    assert cache.remove([*cache.leftovers(), "absent"]) == ["x.engine", "y.engine.12.part"]
    assert cache.names() == [kept] and cache.leftovers() == []


def test_one_writer_at_a_time(cache):
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDS.format(sys.path, cache.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    child.stdout.readline()
    with pytest.raises(BuildError) as caught, cache.lock():
        pass
    assert caught.value.code == "busy" and str(child.pid) in caught.value.found
    child.kill()
    child.communicate()
    with cache.lock():
        pass
