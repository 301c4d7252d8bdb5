"""What has to run, runs: from Docker's store, or from the verified archive."""

import logging

import pytest
from simulation import enumeration as story
from simulation import lasting

from node_agent.errors import HostError, ReleaseUnavailable
from node_agent.release import running


def current(made):
    return made.node().state().current


def test_a_running_release_is_left_alone():
    made = story.fresh_node()
    started = made.host.started
    running.ensure(made.node(), current(made))
    assert made.host.started is started


def test_without_a_release_nothing_runs():
    made = story.fresh_node()
    running.ensure(made.node(), None)
    assert made.host.running() is None


def test_a_lost_image_comes_back_from_the_archive():
    made = story.fresh_node()
    made.host.stop_app()
    made.host.store.clear()
    running.ensure(made.node(), current(made))
    assert made.host.running_version() == "A"


def test_a_broken_store_is_repaired_and_recorded():
    made = story.fresh_node()
    made.host.stop_app()
    lasting.broken_store(made)
    running.ensure(made.node(), current(made))
    assert made.host.running_version() == "A"
    record = made.node().journal.read()[-1]
    assert (record["event"], record["what"]) == ("healed", "docker")


def test_an_image_that_does_not_start_is_loaded_afresh(caplog):
    made = story.fresh_node()
    made.host.stop_app()
    made.host.store[current(made)["image_id"]] = "broken"
    with caplog.at_level(logging.WARNING, "node_agent"):
        running.ensure(made.node(), current(made))
    assert made.host.running_version() == "A"
    assert [record.getMessage() for record in caplog.records] == ["start_failed"]


def test_without_image_and_archive_there_is_nothing_to_run():
    made = story.fresh_node()
    made.host.stop_app()
    made.host.store.clear()
    lasting.damaged("A", "images/ocr-app.tar")(made)
    with pytest.raises(ReleaseUnavailable, match="release A is not in Docker's store, and its archive is not sound"):
        running.ensure(made.node(), current(made))


def test_docker_that_stays_broken_is_an_error():
    made = story.fresh_node()
    made.host.stop_app()
    made.host.docker_works = lambda: False
    with pytest.raises(ReleaseUnavailable, match="even with an empty store"):
        running.ensure(made.node(), current(made))


def test_an_archive_of_another_image_is_an_error():
    made = story.fresh_node()
    made.host.store.clear()
    made.host.load_image = lambda path: None
    with pytest.raises(HostError, match="is missing"):
        running.load(made.node(), current(made))
