"""Faults that stay: disks, Docker, health, clock, damaged files, releases that must not come in."""

import pytest
from simulation import enumeration as story
from simulation import lasting
from simulation.releases import release

from node_agent.release import rollback, staging

BEFORE_SWITCH = ("idle", "staging", "staged", "preflight")
AFTER_PROOF = ("proven", "committed")
ILL = [name for name in lasting.LASTING if name.startswith(("B ", "B's heart"))]
DISKS = {"full disk": lasting.full_disk, "read-only disk": lasting.read_only_disk}


def end(fault, state):
    """(the node, error of the last command, state) at the end of the story."""
    made, error = story.run_with_fault(fault, state)
    return made, error, made.node().state()


def cure(made):
    made.disk.left, made.disk.read_only, made.host.store_broken = None, False, False
    made.host.behaviour, made.host.locks = {}, []


@pytest.mark.parametrize("state", story.STATES)
@pytest.mark.parametrize("name", ILL)
def test_an_unhealthy_release_is_sent_back_and_the_record_says_why(name, state):
    made, error, found = end(lasting.LASTING[name], state)
    if state in AFTER_PROOF:
        assert made.host.running_version() == "B" and error is None  # what comes later is not the gate's
        return
    assert made.host.running_version() == "A" and found.phase == "idle"
    assert error.code == "rolled-back"
    assert found.failure["probe"] in ("live", "ready", "degraded", "restarts", "challenge", "speed", "outside")
    assert found.failure["log"] == ["line 1 of B", "line 2 of B"]
    assert found.failure["by"] == "the test" and found.failure["found"]
    assert story.faults_of(made) == []


@pytest.mark.parametrize("state", story.STATES)
@pytest.mark.parametrize("name", sorted(DISKS))
def test_a_disk_that_cannot_be_written_keeps_the_old_release_running(name, state):
    made, _, found = end(DISKS[name], state)
    running = made.host.running_version()
    assert running == found.current["version"] if found.phase == "idle" else running == "A"
    made.reboot_in_order()
    story.recover(made)
    assert made.host.running_version() == found.current["version"]


@pytest.mark.parametrize("state", story.STATES)
@pytest.mark.parametrize("name", sorted(DISKS))
def test_once_the_disk_can_be_written_again_the_node_is_whole(name, state):
    made, _, _ = end(DISKS[name], state)
    cure(made)
    made.reboot_in_order()
    story.recover(made)
    found = made.node().state()
    assert made.host.running_version() == found.current["version"]
    assert story.faults_of(made) == []


@pytest.mark.parametrize("state", story.STATES)
def test_a_read_only_disk_does_not_make_the_watch_restart_the_application(state):
    made, _, _ = end(lasting.read_only_disk, state)
    started = made.host.started
    story.recover(made)
    assert made.host.started == started


@pytest.mark.parametrize("state", story.STATES)
def test_a_broken_docker_store_heals_itself_from_the_archives(state):
    made, error, _ = end(lasting.broken_store, state)
    assert error is None and made.host.running_version() == "B"
    assert story.command(made, lambda node: rollback.roll_back(node, "to see whether A is still there")) is None
    assert made.host.running_version() == "A"


def test_a_store_that_lost_an_image_gets_it_back_at_boot():
    made = story.fresh_node()
    made.host.store.clear()
    made.reboot_in_order()
    assert story.recover(made) is None
    assert made.host.running_version() == "A"


def test_store_and_archive_gone_is_said_and_nothing_half_made_runs():
    made = story.fresh_node()
    made.host.store.clear()
    lasting.damaged("A", "images/ocr-app.tar")(made)
    made.reboot_in_order()
    error = story.recover(made)
    assert error.code == "unavailable" and made.host.running_version() is None
    assert story.command(made, lambda node: staging.stage(node, story.A, "again")) is None
    assert story.recover(made) is None and made.host.running_version() == "A"


@pytest.mark.parametrize("state", story.STATES)
def test_a_clock_at_2000_changes_nothing_and_is_written_down(state):
    made, error, found = end(lasting.clock_at_2000, state)
    assert error is None and made.host.running_version() == "B" and found.phase == "idle"
    if state != "committed":
        assert not made.node().journal.read()[-1]["clock_trusted"]


@pytest.mark.parametrize("state", story.STATES)
def test_nothing_is_switched_while_the_line_runs(state):
    made, error, found = end(lasting.line_runs, state)
    if state in BEFORE_SWITCH[:3]:
        assert error.code == "locked" and found.phase == "staged"
    assert (made.host.running_version() == "A") == (state in story.STATES[: story.STATES.index("rebooting")])


@pytest.mark.parametrize("state", story.STATES)
def test_damaged_files_of_the_new_release_are_found_before_it_is_committed(state):
    for name in ("images/ocr-app.tar", "manifest.json"):
        made, _, found = end(lasting.damaged("B", name), state)
        is_early = state in ("idle", "staging")  # nothing of B is there yet
        is_late = state == "committed"
        assert made.host.running_version() == ("B" if is_early or is_late else "A"), name
        assert found.phase == "idle"


@pytest.mark.parametrize("state", ["idle", "staging", "staged", "preflight"])
def test_no_way_back_no_way_forward(state):
    made, error, _ = end(lasting.damaged("A", "images/ocr-app.tar"), state)
    assert "way back is not safe" in error.found and made.host.running_version() == "A"
    made.disk.on_record = lambda event: None
    assert story.command(made, lambda node: staging.stage(node, story.A, "mend")) is None
    assert story.deploy(made, story.B) is None and made.host.running_version() == "B"


@pytest.mark.parametrize("kind", lasting.BAD_SOURCES)
def test_a_release_that_must_not_come_in_leaves_no_trace_but_the_record(kind):
    made = story.fresh_node()
    releases = made.disk.names("releases")
    error = story.deploy(made, lasting.bad_source(kind))
    assert error.code == "refused"
    assert made.host.running_version() == "A" and made.disk.names("releases") == releases
    assert story.faults_of(made) == []
    assert made.node().journal.read()[-1]["event"] in ("refused", "abandoned")
    assert story.deploy(made, story.B) is None


def test_building_engines_is_a_state_not_a_death():
    made = story.fresh_node()
    health = made.host.health
    made.host.health = lambda: building(health(), made.host)
    assert story.deploy(made, story.B) is None


def building(document, machine):
    age = machine.seconds - machine.started[1] if machine.started else 0
    return dict(document, ready=False, state="building_engine") if document and age < 300 else document


def test_a_release_without_a_challenge_set_is_judged_by_its_health():
    made = story.fresh_node()
    assert story.deploy(made, release("B", 12, challenge=False)) is None
    assert made.host.running_version() == "B"
