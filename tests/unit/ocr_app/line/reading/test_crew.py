"""Several reading processes: they read side by side, and one that hangs or dies holds up no other."""

import json
import threading
import time
from types import SimpleNamespace

import pytest

from ocr_app.core.errors import ServiceError
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.reading import crew
from ocr_app.line.reading.jobs import JobQueue
from ocr_app.line.settings.reading import ReaderSettings
from ocr_app.line.settings.service import ServiceSettings


@pytest.fixture
def pair(fake, tmp_path):
    """A service with two reading processes, both warm."""
    (tmp_path / "line.yaml").write_text(json.dumps({"reader": {"processes": 2}, "limits": {"reading_s": 3}}))
    served = fake(str(tmp_path / "line.yaml")).ready()
    served.until(lambda: served.said().count("reader opened") == 2, "two readers")
    return served


def read_together(served, pictures):
    """(verdict or error code, seconds) of each, asked at the same time."""
    found = [None] * len(pictures)

    def ask(place, data):
        start = time.monotonic()
        result = served.read(data)[1]
        found[place] = (result.get("error", {}).get("code") or result["verdict"], time.monotonic() - start)

    threads = [threading.Thread(target=ask, args=pair) for pair in enumerate(pictures)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_two_processes_read_side_by_side(pair, picture):
    found = read_together(pair, [picture(100), picture(100)])
    assert [verdict for verdict, _ in found] == ["read", "read"]
    assert max(seconds for _, seconds in found) < 1.8, "each reading alone takes a second"


def test_one_that_hangs_holds_up_no_other(pair, picture):
    hung, *rest = read_together(pair, [picture(255), picture(1), picture(1), picture(1)])
    assert hung[0] == "hung" and [verdict for verdict, _ in rest] == ["read"] * 3
    assert max(seconds for _, seconds in rest) < 2.5 < hung[1]
    assert pair.ask("GET", "/ready")[0] == 200, "the other one reads on"


@pytest.fixture
def make_crew(monkeypatch):
    """(processes, what each run does) -> a crew of supervisors that do that."""

    def make(count, work):
        made = []

        def supervisor(settings, status, jobs, warm_image, build, seat, stop):
            each = SimpleNamespace(seat=seat, build=build, stop=stop, error=None)
            each.run = lambda: work(each)
            made.append(each)
            return each

        monkeypatch.setattr(crew, "Supervisor", supervisor)
        settings = ServiceSettings(reader=ReaderSettings(processes=count))
        return crew.ReadingCrew(settings, ServiceStatus(), JobQueue(2), "", lambda: None), made

    return make


def test_the_first_one_builds_engines_and_an_error_of_any_ends_all(make_crew):
    error = ServiceError("restarted too often")

    def work(each):
        if each.seat == 1:
            each.error = error
            each.stop.set()
        assert each.stop.wait(10)

    found, made = make_crew(3, work)
    found.run()
    assert [each.build is not None for each in made] == [True, False, False] and found.error is error


def test_what_was_not_expected_is_raised_after_all_have_ended(make_crew):
    def work(each):
        each.stop.set()
        raise KeyError("a")

    found, _ = make_crew(2, work)
    with pytest.raises(KeyError):
        found.run()
