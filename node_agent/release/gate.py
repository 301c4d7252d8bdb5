"""The health gate: is this release live and ready, does it read its challenge set correctly, and fast enough?"""

import json
from typing import Dict, List

from node_agent.errors import ProbeFailed
from node_agent.host import health
from node_agent.host.health import Heartbeat
from node_agent.host.interface import ChallengeAnswer, Health
from node_agent.release import slots
from node_agent.release.agent import Agent
from node_agent.release.manifest import GateLimits, ReleaseManifest

EXPECTED = "challenge/expected.json"


def check_release(agent: Agent, manifest: ReleaseManifest, baseline: List[str]) -> None:
    """Wait until the release is ready, then run the challenge set. Raises ProbeFailed with the probe's name."""
    wait_until_ready(agent, manifest, baseline)
    if manifest.challenge:
        answers = agent.host.challenge(manifest.challenge)
        compare(answers, expected(agent, manifest))
        check_speed(answers, manifest.gate.latency_ms)


def wait_until_ready(agent: Agent, manifest: ReleaseManifest, baseline: List[str]) -> None:
    """Return when the release is live, ready, and not degraded by a reason that is missing in ``baseline``."""
    host, limits = agent.host, manifest.gate
    beat = Heartbeat(host, manifest.id)
    spent = {"ready": 0.0, "build": 0.0}
    last = host.monotonic()
    while True:
        document = beat.look()
        now = host.monotonic()
        building = document is not None and document["state"] == "building_engine"
        spent["build" if building else "ready"] += now - last
        last = now
        if document is not None and document["ready"]:
            check_reasons(document, baseline)
            return
        _check_patience(limits, beat, spent)
        check_restarts(agent, limits)
        host.sleep(limits.poll_s)


def _check_patience(limits: GateLimits, beat: Heartbeat, spent: Dict[str, float]) -> None:
    patience = limits.live_s if beat.seen else max(limits.live_s, limits.ready_s)  # Docker and Python start slowly
    _check_beat(beat, patience)
    if spent["ready"] > limits.ready_s:
        raise ProbeFailed(
            "ready", "not ready after {:.0f} s".format(spent["ready"]), "within {:g} s".format(limits.ready_s)
        )
    if spent["build"] > limits.build_s:
        raise ProbeFailed(
            "ready", "engines not built in {:.0f} s".format(spent["build"]), "within {:g} s".format(limits.build_s)
        )


def _check_beat(beat: Heartbeat, patience_s: float) -> None:
    if beat.still_for() > patience_s:
        found = "no heartbeat for {:.0f} s".format(beat.still_for())
        raise ProbeFailed("live", found, "one within {:g} s".format(patience_s))


def check_restarts(agent: Agent, limits: GateLimits) -> None:
    """Raises ProbeFailed when the restart budget is spent."""
    found = agent.host.restarts()
    if found > limits.restarts:
        raise ProbeFailed("restarts", "{} restarts".format(found), "at most {}".format(limits.restarts))


def check_reasons(document: Health, baseline: List[str]) -> None:
    """Raises ProbeFailed for a reason that counts against the release and was absent before the switch."""
    new = (set(document["degraded"]) & health.blaming()) - set(baseline)
    if new:
        raise ProbeFailed("degraded", ", ".join(sorted(new)), "no reason that the release before did not have")


def soak(agent: Agent, manifest: ReleaseManifest, baseline: List[str], seconds: float) -> None:
    """Return when the release stayed live, ready and undegraded for ``seconds``. Raises ProbeFailed."""
    host, limits = agent.host, manifest.gate
    beat = Heartbeat(host, manifest.id)
    start = host.monotonic()
    while host.monotonic() - start < seconds:
        host.sleep(limits.poll_s)
        document = beat.look()
        _check_beat(beat, limits.live_s)
        if document is not None and not document["ready"]:
            raise ProbeFailed("ready", "no longer ready: {}".format(document["state"]), "ready during the soak")
        if document is not None:
            check_reasons(document, baseline)
        check_restarts(agent, limits)


def expected(agent: Agent, manifest: ReleaseManifest) -> List[Dict[str, str]]:
    """The expected image, verdict and text of each image of the challenge set; signed with the release."""
    path = "{}/{}".format(slots.folder(manifest.id), EXPECTED)
    found = json.loads(agent.disk.read(path).decode("utf-8"))
    return [{key: str(entry[key]) for key in ("image", "verdict", "text")} for entry in found]


def compare(answers: List[ChallengeAnswer], wanted: List[Dict[str, str]]) -> None:
    """Raises ProbeFailed unless every image of the challenge set has its expected verdict and text."""
    got = {answer.image: answer for answer in answers}
    wrong = []
    for entry in wanted:
        answer = got.get(entry["image"])
        if answer is None:
            wrong.append("{}: no answer".format(entry["image"]))
        elif (answer.verdict, answer.text) != (entry["verdict"], entry["text"]):
            message = "{}: {} {!r}, expected {} {!r}"
            wrong.append(message.format(answer.image, answer.verdict, answer.text, entry["verdict"], entry["text"]))
    if wrong or not wanted:
        detail = "; ".join(wrong[:5]) or "the challenge set is empty"
        raise ProbeFailed("challenge", "{} of {} images differ: {}".format(len(wrong), len(wanted), detail))


def check_speed(answers: List[ChallengeAnswer], limit_ms: float) -> None:
    """Raises ProbeFailed when the 95th percentile (nearest rank) of the challenge's times is over ``limit_ms``."""
    times = sorted(answer.total_ms for answer in answers)
    p95 = times[max(0, -(-95 * len(times) // 100) - 1)]
    if p95 > limit_ms:
        raise ProbeFailed("speed", "95th percentile {:.0f} ms".format(p95), "at most {:g} ms".format(limit_ms))
