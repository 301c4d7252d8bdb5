"""A running line gets another product, other values and other regions, by a command; a kill takes nothing back."""

import json
import subprocess
import sys
import threading

import pytest
import running

from ocr_app.core.errors import ServiceError
from ocr_app.line.changes import control
from tests.line.conftest import RECIPE, Line, until


@pytest.fixture
def pushed(tmp_path):
    """A line that gets its frames by HTTP, and has a second product that reads nothing of what is printed."""
    made = Line(tmp_path)
    for key in ("path", "rate_hz", "repeat"):
        made.settings["source"].pop(key)
    made.set(source={"kind": "http"}, recipe={"folder": "more"}, limits={"reading_s": 20})
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "juice.yaml").write_text(RECIPE.replace("[AB]", "[CD]"))
    (tmp_path / "more" / "tea.yaml").write_text(RECIPE.replace("name: a", "name: tea"))
    made.frames([1, 150])
    yield made
    for served in made.served:
        served.kill()


def change(made, *arguments):
    """(exit code, JSON or text) of ``ocr-app line set``."""
    command = [sys.executable, "-m", "ocr_app", "line", "set", str(made.folder / "line.yaml"), "--json", *arguments]
    done = subprocess.run(command, cwd=running.ROOT, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, json.loads(done.stdout) if done.returncode == 0 else done.stderr


def ask(made, **message):
    """The same without a command, which takes seconds to start."""
    return control.ask(str(made.folder / "journal"), message)


def test_a_change_is_refused_while_a_part_is_under_way_holds_from_the_next_one_on_and_survives_a_kill(pushed):
    served = pushed.start()
    quick, slow = ((pushed.folder / "in" / f"{number:04d}.png").read_bytes() for number in (0, 1))
    assert served.read(quick)[1]["verdict"] == "pass"
    thread = threading.Thread(target=served.read, args=(slow,))
    thread.start()
    until(lambda: pushed.rows("SELECT 1 FROM parts WHERE verdict IS NULL"), "a part under way")
    with pytest.raises(ServiceError, match="a part is under way"):
        ask(pushed, verb="product", product="juice")
    code, state = change(pushed, "--product", "juice", "--expect", "number=7", "--wait", "30")
    thread.join()
    assert (code, state["product"], state["expected"]) == (0, "juice", {"number": "7"})
    assert served.read(quick)[1]["verdict"] != "pass"
    served.kill()

    served = pushed.start()
    state = ask(pushed, verb="state")
    assert (state["product"], state["expected"]) == ("juice", {"number": "7"})
    assert served.read(quick)[1]["verdict"] != "pass"
    ask(pushed, verb="product", product="tea", expected={"number": "8"})
    result = served.read(quick)[1]
    assert (result["verdict"], result["reasons"][0], result["recipe"]) == ("fail", "not-expected:number", "tea")
    assert ask(pushed, verb="expected", expected={"number": "7"}) and served.read(quick)[1]["verdict"] == "pass"
    ask(pushed, verb="regions", regions=[[0, 0, 400, 400]])
    assert "bad-region" in served.read(quick)[1]["reasons"], "a region that the picture does not hold never passes"
    assert ask(pushed, verb="regions", regions=[]) and served.read(quick)[1]["verdict"] == "pass"

    digests = [digest for (digest,) in pushed.rows("SELECT recipe_digest FROM parts ORDER BY number")]
    assert len(set(digests[:2])) == 1 and digests[2] == digests[3] != digests[0] and digests[4] == digests[-1]
    changes = pushed.rows("SELECT first_part, kind FROM changes ORDER BY number")
    assert changes == [
        (1, "start"), (3, "product"), (5, "product"), (6, "expected"), (7, "regions"), (8, "regions")
    ]  # fmt: skip
    assert {role for (role,) in pushed.rows("SELECT role FROM actions WHERE action != 'start'")} == {"local"}
    assert served.end() == 0
