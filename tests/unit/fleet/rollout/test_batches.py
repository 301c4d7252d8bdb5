"""A deployment, batch by batch."""

import json

import pytest

from fleet.core.errors import DeployError
from fleet.rollout import answers, history
from fleet.rollout.batches import Rollout, cut, new_run
from fleet.rollout.request import DeployRequest

SETTINGS = {"deploy_release": {"id": "new"}}
ROLES = {"c1": ["canary", "chosen"], "n1": ["chosen"], "n2": ["chosen"], "n3": ["chosen", "together"]}


class Fleet:
    """Boards by their verdicts; a board that is deployed to commits, unless ``ends`` says otherwise."""

    def __init__(self, verdicts, ends=None):
        self.verdicts, self.ends, self.batches, self.asked = dict(verdicts), ends or {}, [], 0

    def __call__(self, name, path, request):
        settings = json.loads(path.read_text())
        if name == "ask":
            self.asked += 1
            for host, verdict in self.verdicts.items():
                seen = (
                    {"msg": "no answer"} if verdict == "silent" else {"verdict": verdict, "status": {"phase": "idle"}}
                )
                answers.keep(answers.Path(settings["deploy_asked"]), host, seen, ROLES[host])
            return 0
        self.batches.append(settings["deploy_hosts"])
        for host in settings["deploy_hosts"].split(","):
            self.verdicts[host] = self.ends.get(host, "committed")
        return 130 if "Ctrl-C" in self.ends.values() else 0


def rolled_out(folder, fleet, **more):
    return Rollout(folder, SETTINGS, DeployRequest(**{"together": "line", "batch": ("1",), **more}), fleet)()


def test_canaries_then_batches_then_the_group_and_every_board_is_asked_between(tmp_path):
    fleet = Fleet(dict.fromkeys(ROLES, "absent"))
    done = rolled_out(tmp_path, fleet)
    assert fleet.batches == ["c1", "n1", "n2", "n3"] and fleet.asked == 5
    assert {answer.verdict for answer in done.answers.values()} == {"committed"} and not done.stopped
    again = rolled_out(tmp_path, fleet)
    assert len(fleet.batches) == 4 and fleet.asked == 6 and not again.stopped


def test_it_stops_at_a_canary_that_goes_back(tmp_path):
    fleet = Fleet(dict.fromkeys(ROLES, "absent"), {"c1": "rolled back"})
    done = rolled_out(tmp_path, fleet)
    assert fleet.batches == ["c1"] and "canary c1 tried it and went back" in done.stopped
    stories = history.stories(tmp_path)
    assert [stories[host][-1]["outcome"] for host in ("c1", "n1", "n3")] == ["lost", "stopped", "stopped"]


def test_a_silent_board_is_left_alone_and_not_called_begun(tmp_path):
    fleet = Fleet({**dict.fromkeys(ROLES, "absent"), "n2": "silent"})
    done = rolled_out(tmp_path, fleet)
    assert "n2" not in ",".join(fleet.batches) and "n2" not in history.stories(tmp_path)
    assert done.situation(set()).outcome("n2") == "silent"


def test_a_group_with_a_silent_board_is_not_begun(tmp_path):
    fleet = Fleet({**dict.fromkeys(ROLES, "absent"), "n3": "silent"})
    done = rolled_out(tmp_path, fleet)
    assert fleet.batches == ["c1", "n1", "n2"]
    assert done.stopped == "the group line cannot commit together: n3 is silent"


def test_ctrl_c_ends_the_waiting(tmp_path):
    done = rolled_out(tmp_path, Fleet(dict.fromkeys(ROLES, "absent"), {"c1": "Ctrl-C"}))
    assert done.interrupted and done.answers["c1"].verdict == "absent"


def test_a_board_that_gives_no_answer_any_more_is_silent(tmp_path):
    fleet = Fleet({"c1": "absent", "n1": "absent"})
    run = Rollout(tmp_path, SETTINGS, DeployRequest(), fleet)
    run._ask()
    del fleet.verdicts["n1"]
    run._ask()
    assert run.answers["n1"].verdict == "silent" and run.answers["c1"].verdict == "absent"


def test_an_inventory_without_boards_is_an_error(tmp_path):
    with pytest.raises(DeployError, match="no node was asked"):
        rolled_out(tmp_path, Fleet({}))


def test_batches_are_numbers_or_parts_of_all():
    hosts = [str(number) for number in range(10)]
    assert [len(batch) for batch in cut(hosts, ("10%", "25%"))] == [1, 2, 2, 2, 2, 1]
    assert [len(batch) for batch in cut(hosts, ("1", "100%"))] == [1, 9]
    assert cut([], ("1",)) == [] and len(cut(hosts[:3], ("10%",))) == 3
    assert new_run() != new_run()
