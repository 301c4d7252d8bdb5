"""status and report: complete, without side effects, and available from a broken node."""

from simulation import enumeration as story
from simulation import lasting

from node_agent.errors import HostError
from node_agent.release import format_status, report, status


def failed_deployment():
    made = story.fresh_node()
    made.host.behaviour = {"B": {"silent"}}
    assert story.deploy(made, story.B).code == "rolled-back"
    return made


def test_a_status_names_what_runs_and_what_has_to_run():
    made = story.fresh_node()
    found = status(made.node())
    assert (found["phase"], found["running"], found["must_run"]) == ("idle", found["current"]["id"], found["running"])
    assert (found["group"], found["candidate"], found["failure"], found["locks"]) == (None, None, {}, [])


def test_neither_changes_anything():
    made = failed_deployment()
    before, steps = made.disk.read("journal"), len(made.host.steps.names)
    status(made.node()), report(made.node())
    assert made.disk.read("journal") == before and len(made.host.steps.names) == steps


def test_log_lines_are_in_the_failure_of_the_report_alone():
    found = report(failed_deployment().node())
    assert found["failure"]["log"] == ["line 1 of B", "line 2 of B"]
    assert "log" not in found["status"]["failure"]
    assert not [record for record in found["journal"] if "log" in record.get("failure", {})]


def test_a_damaged_archive_is_named():
    made = story.fresh_node()
    lasting.damaged("A", "images/ocr-app.tar")(made)
    archives = report(made.node())["archives"]
    assert archives["previous"] == "sound" and archives["current"].startswith("images/ocr-app.tar has")


def test_what_cannot_be_asked_is_an_error_in_its_place():
    made = story.fresh_node()

    def broken():
        raise HostError("docker: not there")

    made.host.running = made.host.lock_holders = broken
    found = status(made.node())
    assert found["running"] == found["locks"] == {"error": "docker: not there"}


def test_a_document_that_does_not_fit_the_schema_is_named():
    made = story.fresh_node()
    made.host.health = lambda: {"schema": 2}
    assert status(made.node())["health"]["error"].startswith("not a health document: release")


def test_a_status_as_lines():
    lines = format_status(status(failed_deployment().node()))
    assert lines[:4] == [
        "phase     idle",
        "current   ocr-app A (serial 11)  running",
        "previous  ocr-app 0 (serial 10)",
        "candidate -",
    ]
    assert lines[4].startswith("failure   gating: live: no heartbeat for")


def test_a_status_of_a_node_in_trouble_as_lines():
    found = dict(status(story.fresh_node().node()), running=None, locks=["line: running"])
    assert format_status(found)[-2:] == ["running   nothing", "locks     ['line: running']"]
    found["running"] = {"error": "no systemd"}
    assert format_status(found)[-2] == "running   unknown: no systemd"
