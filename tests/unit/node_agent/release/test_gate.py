"""The gate: each probe passes what it should and names what it found."""

from types import SimpleNamespace

import pytest
from simulation import enumeration as story
from simulation.releases import release

from node_agent.errors import ProbeFailed
from node_agent.host import ChallengeAnswer
from node_agent.release import deploying, gate, slots

WANTED = [{"image": "a.png", "verdict": "pass", "text": "X"}, {"image": "b.png", "verdict": "fail", "text": "Y"}]
RIGHT = [ChallengeAnswer("a.png", "pass", "X", 40.0), ChallengeAnswer("b.png", "fail", "Y", 60.0)]


def started(behaviour=(), source=story.B, baseline=()):
    """(node, manifest) with the candidate running, in the phase gating."""
    made = story.fresh_node()
    story.stage(made, source)
    deploying.preflight(made.node())
    made.host.behaviour = {"B": set(behaviour)}
    deploying.start_candidate(made.node(), list(baseline))
    return made, slots.load(made.disk, made.node().state().candidate["id"])


def test_a_healthy_release_passes():
    made, manifest = started()
    gate.check_release(made.node(), manifest, [])
    gate.soak(made.node(), manifest, [], manifest.gate.soak_s)
    assert made.host.seconds >= manifest.gate.soak_s


@pytest.mark.parametrize(
    ("behaviour", "probe", "found"),
    [
        ("silent", "live", "no heartbeat for"),
        ("never ready", "ready", "not ready after"),
        ("loses the GPU", "degraded", "gpu_missing"),
        ("misreads", "challenge", "1 of 2 images differ: bad.png: pass 'EXP 10/2017', expected fail 'EXP 10/2017'"),
        ("is slow", "speed", "95th percentile 400 ms"),
    ],
)
def test_an_unhealthy_release_fails_its_probe(behaviour, probe, found):
    made, manifest = started([behaviour])
    with pytest.raises(ProbeFailed, match=found) as caught:
        gate.check_release(made.node(), manifest, [])
    assert caught.value.probe == probe


@pytest.mark.parametrize(
    ("behaviour", "probe"),
    [("freezes", "live"), ("fades", "ready"), ("crashes", "restarts"), ("loses the GPU", "degraded")],
)
def test_a_release_that_becomes_ill_fails_the_soak(behaviour, probe):
    made, manifest = started([behaviour])
    with pytest.raises(ProbeFailed) as caught:
        gate.soak(made.node(), manifest, [], 60.0)
    assert caught.value.probe == probe


def test_building_engines_has_its_own_limit():
    made, manifest = started()
    health = made.host.health
    made.host.health = lambda: dict(health(), ready=False, state="building_engine")
    with pytest.raises(ProbeFailed, match="engines not built in 6"):
        gate.wait_until_ready(made.node(), manifest, [])
    assert made.host.seconds > manifest.gate.build_s


def test_a_reason_counts_only_when_it_blames_the_release_and_is_new():
    gate.check_reasons({"degraded": ["clock_unsynced", "gpu_missing"]}, ["gpu_missing"])
    with pytest.raises(ProbeFailed, match="engine_stale, gpu_missing"):
        gate.check_reasons({"degraded": ["gpu_missing", "engine_stale", "disk_low"]}, [])


def test_the_expected_answers_are_those_of_the_release():
    made, manifest = started()
    assert [entry["image"] for entry in gate.expected(made.node(), manifest)] == ["good.png", "bad.png"]


def test_every_image_needs_its_verdict_and_text():
    gate.compare(RIGHT, WANTED)
    for wrong in (RIGHT[:1], [RIGHT[0], RIGHT[1]._replace(text="Z")], [RIGHT[0], RIGHT[1]._replace(verdict="pass")]):
        with pytest.raises(ProbeFailed, match=r"1 of 2 images differ: b\.png"):
            gate.compare(wrong, WANTED)


def test_an_empty_challenge_set_does_not_pass():
    with pytest.raises(ProbeFailed, match="the challenge set is empty"):
        gate.compare(RIGHT, [])


def test_a_release_with_an_empty_challenge_set_does_not_pass_its_gate():
    made, manifest = started()
    path = "{}/{}".format(slots.folder(manifest.id), gate.EXPECTED)
    made.disk.remove(path)
    writer = made.disk.create(path)
    writer.write(b"[]")
    with pytest.raises(ProbeFailed, match="the challenge set is empty"):
        gate.check_release(made.node(), manifest, [])


def test_speed_is_the_95th_percentile_by_nearest_rank():
    answers = [RIGHT[0]._replace(total_ms=float(n)) for n in range(1, 21)]
    gate.check_speed(answers, 19.0)
    with pytest.raises(ProbeFailed, match="95th percentile 19 ms"):
        gate.check_speed(answers, 18.9)


def test_a_release_without_a_challenge_set_needs_no_answers():
    made, manifest = started(["breaks in the challenge"], release("B", 12, challenge=False))
    gate.check_release(made.node(), manifest, [])


@pytest.mark.parametrize("found, passes", [(0, True), (2, True), (3, False)])
def test_as_many_restarts_as_the_budget_has_are_allowed(found, passes):
    agent, limits = SimpleNamespace(host=SimpleNamespace(restarts=lambda: found)), SimpleNamespace(restarts=2)
    if passes:
        gate.check_restarts(agent, limits)
        return
    with pytest.raises(ProbeFailed, match="3 restarts"):
        gate.check_restarts(agent, limits)
