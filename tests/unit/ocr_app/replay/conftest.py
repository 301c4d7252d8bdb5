"""A replay that reads with a stand-in for the application, in real processes."""

import io

import pytest
from replay_home import OPENING, write_home, write_picture, write_recipe

from ocr_app.core.model_files import sha256_of
from ocr_app.replay.pictures import FolderPictures
from ocr_app.replay.replaying import Replay, ReplayRequest
from ocr_app.replay.seat import SeatOptions
from ocr_app.replay.targets import ReplayTarget


@pytest.fixture
def target(tmp_path):
    """(word for the stand-in) -> a target that reads with it."""
    home = write_home(tmp_path / "home")

    def make(word=""):
        path = write_recipe(tmp_path / "recipe-{}.yaml".format(word), word)
        digest = sha256_of(path)
        return ReplayTarget("release", "fake 1", digest, path, digest, home, "", "a" * 64)

    return make


@pytest.fixture
def options(target):
    """(targets...) -> how a seat reads."""

    def make(*words, **more):
        return SeatOptions(tuple(target(word) for word in words or ("",)), OPENING, {}, **more)

    return make


@pytest.fixture
def make_replay(tmp_path, target):
    """(pictures by name, changes of the request) -> a replay under "shift", compared with the recipe without it."""

    def make(pictures=None, words=("", "shift"), **changes):
        folder = tmp_path / "pictures"
        for name, picture in (pictures or {}).items():
            folder.mkdir(exist_ok=True)
            write_picture(folder / name, **picture)
        targets = tuple(target(word) for word in words)
        request = ReplayRequest(
            str(tmp_path / "out"),
            {"kind": "folder", "path": str(folder), "dated": False},
            lambda: FolderPictures(str(folder), None, False),
            targets[-1],
            targets[0],
            SeatOptions(targets, OPENING, {}, 5.0),
        )
        return Replay(request._replace(**changes), io.StringIO())

    return make
