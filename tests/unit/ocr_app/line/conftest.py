"""Services that are started for a test, and ended after it."""

import io

import numpy as np
import pytest
import running
from PIL import Image as Pillow

RECIPE = (
    "name: a\nwitnesses: 1\ncodes: [{name: b, lines: [{name: c, fields: [{choice: [AB]}, {digits: 1, as: number}]}]}]\n"
)


@pytest.fixture
def tools():
    """The module running.py."""
    return running


@pytest.fixture
def serve(tmp_path):
    """(arguments, environ) -> a service with the real reader."""
    pytest.importorskip("onnxruntime")
    started = []

    def start(*arguments, **environ):
        started.append(running.Served(tmp_path, running.command(*arguments), environ))
        return started[-1]

    yield start
    for each in started:
        each.kill()


@pytest.fixture
def fake(tmp_path):
    """(arguments, environ) -> a service whose reader is fake."""
    started = []

    def start(*arguments, **environ):
        started.append(running.Served(tmp_path, running.fake_command(tmp_path, *arguments), environ))
        return started[-1]

    yield start
    for each in started:
        each.kill()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A service with the fake reader for tests that leave it as it was."""
    folder = tmp_path_factory.mktemp("shared")
    served = running.Served(folder, running.fake_command(folder), {})
    yield served.ready()
    served.kill()


@pytest.fixture
def recipe(tmp_path):
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    return str(tmp_path / "recipe.yaml")


@pytest.fixture
def picture():
    """(grey level) -> bytes of a PNG; 0 kills the fake reader, 255 hangs it, else hundredths of a second."""

    def make(level):
        stream = io.BytesIO()
        pixels = np.full((16, 16, 3), level, np.uint8)
        Pillow.fromarray(pixels).save(stream, "PNG")
        return stream.getvalue()

    return make
