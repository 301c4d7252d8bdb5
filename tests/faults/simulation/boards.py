"""Three simulated boards and the playbooks that act on them, for deployments from the control machine.

`Boards.play` stands for ansible-playbook: ask.yml, and deploy.yml for one batch, with the agent's own code on simulated
nodes. What the control machine decides between two plays is the real code.
"""

import copy
import json
from pathlib import Path

from rules import deployment as rules

from fleet.rollout import answers, history
from fleet.rollout.hosts import verdict
from node_agent.errors import AgentError
from node_agent.release import deploying, resuming, rollback, staging
from node_agent.release import status as node_status
from simulation.enumeration import TOKEN, TOKEN_SHA256, boots, command, fresh_node
from simulation.releases import KEY, release
from simulation.simulated import SimulatedNode

NAMES = ("n1", "n2", "n3")
CANARY = "n1"
GROUP = ("n2", "n3")
RELEASES = {"B": release("B", 12), "C": release("C", 13)}
BLANK = SimulatedNode([KEY])


class Board:
    """One board: a simulated node, whether it has an agent, and whether it answers."""

    def __init__(self):
        self.made = fresh_node()
        self.agent, self.reachable = True, True
        self.cut_at = None  # step of the next deployment before which the power goes for good
        self.interrupt = False

    def runs(self):
        """The id of the release that the board truly runs, committed and ready; None for none."""
        state = self.made.node().state() if self.agent else None
        if state is None or state.phase != "idle" or state.current is None:
            return None
        self.made.host.seconds += 30  # an application that was started a moment ago is ready
        health = self.made.host.health()
        ready = self.made.host.running() == state.current["id"] and health is not None and health["ready"]
        return state.current["id"] if ready else None

    def status(self):
        self.made.host.seconds += 30  # an application that was started a moment ago is ready
        return node_status(self.made.node())

    def seen(self, release_id):
        """What the action release_wait returns."""
        if not self.reachable:
            return {"outcome": "lost", "msg": "no answer for 60 s"}
        if not self.agent:
            return {"outcome": "no agent", "msg": "no agent: nano-ocr-agent: No such file or directory"}
        status = self.status()
        return {"verdict": verdict(status, release_id), "status": status, "failure": status["failure"]}

    def reset(self):
        self.made, self.agent = copy.deepcopy(BLANK), False

    def provision(self):
        self.agent = True

    def cut_power(self):
        """In the middle of what it does; it comes back when `power_up` is called."""
        self.made.lose_power("kept")
        self.reachable = False

    def power_up(self):
        if not self.reachable and self.agent:
            command(self.made, resuming.resume)
            boots(self.made)
        self.reachable = True


class Boards:
    """The boards of a fleet, and `play`, which acts on them as the playbooks do."""

    def __init__(self):
        self.boards = {name: Board() for name in NAMES}
        self.chosen, self.together = set(NAMES), False
        self.interrupt_at = None  # number of the play at which Ctrl-C is pressed
        self.plays = 0
        self.on_touch = lambda host, settings, batch: None

    def play(self, name, path, request):
        settings = json.loads(Path(path).read_text())
        self.plays += 1
        if self.interrupt_at is not None and self.plays >= self.interrupt_at:
            batch = settings.get("deploy_hosts", "").split(",") if name == "deploy" else []
            for host in batch:  # Ctrl-C came before the first task: the boards are recorded as begun, and untouched
                self.on_touch(host, settings, batch)
            return 130
        return {"ask": self._ask, "deploy": self._deploy}[name](settings)

    def _ask(self, settings):
        for host, board in self.boards.items():
            roles = ["canary"] * (host == CANARY) + ["chosen"] * (host in self.chosen)
            roles += ["together"] * (self.together and host in GROUP)
            seen = board.seen(settings["deploy_release"]["id"])
            answers.keep(Path(settings["deploy_asked"]), host, seen, roles)
        return 0

    def _deploy(self, settings):
        batch = settings["deploy_hosts"].split(",")
        for host in batch:
            self.on_touch(host, settings, batch)
        for host in batch:
            self._deploy_to(host, settings)
        if settings["deploy_as_group"]:
            self._together(batch, settings)
        return 0

    def _note(self, host, settings, **record):
        history.note(Path(settings["deploy_folder"]), host, run=settings["deploy_run"], **record)

    def _deploy_to(self, host, settings):
        board, release_id = self.boards[host], settings["deploy_release"]["id"]
        in_group = self.together and host in GROUP
        seen = board.seen(release_id)
        if "verdict" not in seen:
            self._note(host, settings, **rules.failed(seen))
            return
        if board.cut_at is not None:
            board.made.steps.arm(board.cut_at)
            board.cut_at = None
        try:
            failed = self._try(board, seen, settings, in_group)
        except BaseException as error:  # a power cut is no Exception
            if type(error).__name__ != "PowerCut":
                raise
            board.cut_power()
            failed = {"outcome": "lost", "msg": "no answer for 600 s"}
        board.made.steps.arm(None)
        if failed:
            self._note(host, settings, **rules.failed(failed))
            return
        status = board.status()
        stands = verdict(status, release_id)
        if stands == "proven" and not in_group:
            command(board.made, lambda node: deploying.commit(node, None))
        outcome = rules.ended(stands, "line" if in_group else "")
        self._note(host, settings, outcome=outcome, failure=status["failure"], status=status)

    def _try(self, board, seen, settings, in_group):
        """arrive.yml and try.yml; returns a failed result, or None."""
        stands, status = seen["verdict"], seen["status"]
        group = "line" if in_group else None
        foreign = stands in ("staged", "proven") and status["group"] != group
        if (stands == "other" and status["phase"] != "staged") or foreign:
            return {"msg": "deploy.other"}
        if stands in ("absent", "other", "refused", "rolled back"):
            token = TOKEN_SHA256 if in_group else None
            source = RELEASES[settings["deploy_release"]["version"]]
            reason = settings["deploy_downgrade"] or None
            work = lambda node: staging.stage(node, source, settings["deploy_name"], group, token, reason)  # noqa: E731
            if error := command(board.made, work):
                return {"rc": error.exit_code, "msg": error.found}
        if stands not in ("committed", "under way", "proven"):
            command(board.made, deploying.switch)
            boots(board.made)
        return None

    def _together(self, batch, settings):
        votes = {host: self.boards[host].seen(settings["deploy_release"]["id"]) for host in batch}
        unproven = rules.unproven(votes)
        for host in batch:
            stands, board = votes[host].get("verdict"), self.boards[host]
            if not unproven and stands == "proven":
                command(board.made, lambda node: deploying.commit(node, TOKEN))
                self._note(host, settings, outcome="committed")
            elif unproven and stands in ("proven", "staged"):
                give_back(board, f"{', '.join(unproven)} did not prove it")
                self._note(host, settings, outcome="given back")


def give_back(board, reason):
    """`./inv rollback` on one board; False where it does not answer, or has nothing to go back to."""
    if not (board.reachable and board.agent):
        return False
    try:
        rollback.roll_back(board.made.node(), reason)
    except AgentError:
        return False
    return True
