"""Services that are stopped during a build. tests/faults kills the builder at every step."""

import json
import os

import pytest

from ocr_app.core.errors import BuildError
from ocr_app.engines.building import services


def test_a_state_file_that_cannot_be_read_is_an_error(tmp_path):
    assert services.stopped_before(str(tmp_path)) == []
    (tmp_path / services.STATE_FILE).write_text("[")
    with pytest.raises(BuildError, match="by hand"):
        services.stopped_before(str(tmp_path))


@pytest.fixture
def systemctl(tmp_path, monkeypatch):
    """STAND-IN for systemctl: every service is active; a verb fails for a service called "stubborn"."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = '#!/bin/sh\necho "$@" >> {}/calls\ntest "$2" != stubborn || {{ echo denied >&2; exit 1; }}\n'
    (folder / "systemctl").write_text(script.format(tmp_path))
    (folder / "systemctl").chmod(0o755)
    monkeypatch.setenv("PATH", "{}{}{}".format(folder, os.pathsep, os.environ["PATH"]))
    return lambda: (tmp_path / "calls").read_text().splitlines()


def test_services_are_recorded_while_they_are_stopped_and_started_in_reverse(tmp_path, systemctl):
    messages = []
    with services.stopped(["a", "b"], str(tmp_path), messages.append):
        assert services.stopped_before(str(tmp_path)) == ["a", "b"]
        assert systemctl()[-2:] == ["stop a", "stop b"]
    assert systemctl()[-2:] == ["start b", "start a"]
    assert services.stopped_before(str(tmp_path)) == [] and messages[0] == "stopping a"


def test_services_of_an_interrupted_build_are_started_too(tmp_path, systemctl):
    (tmp_path / services.STATE_FILE).write_text(json.dumps(["earlier"]))
    with services.stopped([], str(tmp_path), lambda message: None):
        pass
    assert systemctl()[-1] == "start earlier" and services.stopped_before(str(tmp_path)) == []


def test_a_service_that_does_not_stop_is_an_error_with_the_reason_of_systemctl(tmp_path, systemctl, monkeypatch):
    monkeypatch.setattr(services, "is_active", lambda name: True)
    expected = pytest.raises(BuildError, match="systemctl start stubborn failed: denied")
    with expected, services.stopped(["stubborn"], str(tmp_path), lambda message: None):
        raise AssertionError("the block must not run")
    assert services.stopped_before(str(tmp_path)) == ["stubborn"]


def test_without_systemctl_recorded_services_are_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(services.shutil, "which", lambda name: None)
    (tmp_path / services.STATE_FILE).write_text(json.dumps(["earlier"]))
    expected = pytest.raises(BuildError, match="no systemctl")
    with expected, services.stopped(["a"], str(tmp_path), lambda message: None):
        raise AssertionError("the block must not run")
