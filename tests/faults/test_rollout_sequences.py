"""Every sequence of deploy, rollback, reset, --limit, lost board and resumed run over three boards, against a model.

The boards are simulated nodes with the agent's own code; what the control machine decides is the real code. The model
knows what each board truly runs, asked of its container, and never reads a record of the deployment.
"""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from simulation.boards import CANARY, GROUP, NAMES, RELEASES, Boards, give_back
from simulation.enumeration import TOKEN
from simulation.releases import id_of

from fleet.core.errors import DeployError
from fleet.release import deployment
from fleet.rollout import answers
from fleet.rollout.request import DeployRequest
from node_agent.release import manifest

IDS = {version: id_of(source) for version, source in RELEASES.items()}
FOUND = {version: manifest.parse(source.files["manifest.json"]) for version, source in RELEASES.items()}
LIMITS = st.sampled_from([NAMES, (CANARY,), ("n2",), GROUP, (CANARY, "n3")])
VERSIONS = st.sampled_from(sorted(RELEASES))
BOARDS = st.sampled_from(NAMES)


def prepare(out, version, request):
    """As `deployment.prepare`, for a release that is in memory and a token that the simulated group knows."""
    folder = out / f"{version}-{IDS[version][:12]}"
    folder.mkdir(exist_ok=True)
    (folder / "node.bundle").touch()
    (folder / "token").write_text(TOKEN)
    return deployment.prepare(Path("none"), FOUND[version], request, out)


class Deployments(RuleBasedStateMachine):
    """A fleet of three boards: n1 is the canary, n2 and n3 may commit together."""

    def __init__(self):
        super().__init__()
        self.out = Path(tempfile.mkdtemp())
        self.fleet = Boards()
        self.fleet.on_touch = self._touched
        self.begun = {version: set() for version in RELEASES}
        self.misread = {version: set() for version in RELEASES}

    def teardown(self):
        shutil.rmtree(self.out)

    def board(self, host):
        return self.fleet.boards[host]

    def _touched(self, host, settings, batch):
        """The promise of the gate, at the moment at which a board is touched."""
        version = settings["deploy_release"]["version"]
        assert host in self.fleet.chosen, "a board that was not asked for is touched"
        assert not self.misread[version], f"{version} goes on to {host}, although it misread on a canary"
        if host != CANARY:
            assert self._runs(CANARY, version), f"{host} gets {version}, which the canary does not run"
        self.begun[version].add(host)

    def _runs(self, host, version):
        """The truth, asked of the board's container."""
        board = self.board(host)
        return board.reachable and board.agent and board.runs() == IDS[version]

    @rule(version=VERSIONS, limit=LIMITS, together=st.booleans(), stop_at=st.sampled_from([None, None, None, 2, 3, 4]))
    def deploy(self, version, limit, together, stop_at):
        """The command, resumed or not, to the end or until Ctrl-C; it says 0 only for what is true."""
        self.fleet.chosen, self.fleet.together = set(limit), together
        self.fleet.plays, self.fleet.interrupt_at = 0, stop_at
        request = DeployRequest(together="line" if together else "", batch=("1",), downgrade="a test", again="a test")
        folder = prepare(self.out, version, request)
        try:
            code, said = deployment.roll_out(folder, FOUND[version], request, self.fleet.play, lambda _: None), ""
        except DeployError as error:
            code, said = error.exit_code, str(error)
        self._note_misreading(version)
        missing = [host for host in NAMES if host in {*limit, *self.begun[version]} and not self._runs(host, version)]
        if code == 0:
            assert not missing, f"exit code 0, and {missing} do not run {version}"
        elif self.fleet.plays < (stop_at or 99):
            assert missing, f"every board runs {version}, and the command says {said}"
            assert [host for host in missing if host not in said] == [], said

    def _note_misreading(self, version):
        board = self.board(CANARY)
        if board.agent:
            failure = board.made.node().state().failure
            if failure.get("probe") == "challenge" and failure.get("release") == IDS[version]:
                self.misread[version].add(CANARY)

    @rule(host=BOARDS)
    def roll_back(self, host):
        """`./inv rollback`, which the folder of the deployment never hears of."""
        give_back(self.board(host), "misreads on the new film")

    @rule(host=BOARDS)
    def reset(self, host):
        """reset.yml: the agent and its releases are gone."""
        if self.board(host).reachable:
            self.board(host).reset()

    @rule(host=BOARDS)
    def provision(self, host):
        if self.board(host).reachable:
            self.board(host).provision()

    @rule(host=BOARDS)
    def unplug(self, host):
        if self.board(host).reachable:
            self.board(host).cut_power()

    @rule(host=BOARDS)
    def plug_in(self, host):
        self.board(host).power_up()

    @rule(host=BOARDS, step=st.integers(0, 60))
    def lose_power_in_the_next_deployment(self, host, step):
        self.board(host).cut_at = step

    @rule(host=BOARDS, version=VERSIONS, what=st.sampled_from([(), ("misreads",), ("never ready",)]))
    def behave(self, host, version, what):
        self.board(host).made.host.behaviour[version] = what

    @precondition(lambda self: any(not board.reachable for board in self.fleet.boards.values()))
    @rule()
    def everything_is_plugged_in(self):
        for board in self.fleet.boards.values():
            board.power_up()

    @invariant()
    def no_board_is_half_way(self):
        """A board that has power is in a phase that it can stay in."""
        for name, board in self.fleet.boards.items():
            if board.agent and board.reachable:
                phase = board.made.node().state().phase
                assert phase in ("idle", "staged", "parked", "proven"), f"{name} is stuck in {phase}"


EXAMPLES = settings(
    max_examples=100, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


def test_a_deployment_says_what_is_true_and_touches_what_it_may():
    run_state_machine_as_test(Deployments, settings=EXAMPLES)


def test_the_sequence_that_was_believed_before_names_both_boards(tmp_path):
    """n2 goes back and n3 is reset; the canary alone is deployed to again. It ended with 0, "every node runs it"."""
    fleet = Boards()
    request = DeployRequest(batch=("1",))
    folder = prepare(tmp_path, "B", request)
    assert deployment.roll_out(folder, FOUND["B"], request, fleet.play, lambda _: None) == 0
    assert give_back(fleet.boards["n2"], "misreads")
    fleet.boards["n3"].reset()
    fleet.chosen = {CANARY}
    with pytest.raises(DeployError) as failed:
        deployment.roll_out(folder, FOUND["B"], request, fleet.play, lambda _: None)
    assert "n2 tried it and went back" in str(failed.value) and "n3 has no agent" in str(failed.value)


def test_the_machine_finds_a_deployment_that_takes_its_notes_for_the_state(monkeypatch):
    """What the code before did: a board that is not asked for in this run is what its last record says."""
    kept = answers.keep
    last = {}

    def believed(folder, host, seen, roles):
        told = kept(folder, host, seen, roles)
        if "chosen" in roles:
            last[folder.parents[2], host] = seen
            return told
        return kept(folder, host, last.get((folder.parents[2], host), seen), roles)

    monkeypatch.setattr(answers, "keep", believed)
    found = settings(EXAMPLES, phases=[Phase.generate], report_multiple_bugs=False)
    with pytest.raises(AssertionError, match=r"exit code 0|which the canary does not run|has no agent|tried it"):
        run_state_machine_as_test(Deployments, settings=found)
