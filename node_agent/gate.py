"""The health gate: does this release live, become ready, read its challenge set as it has to, and fast enough?"""

import json
from typing import Dict, List

from node_agent import health, slots
from node_agent.errors import ProbeFailed
from node_agent.health import Heartbeat
from node_agent.machine import Answer, Health
from node_agent.manifest import Gate, Manifest
from node_agent.node import Node

EXPECTED = "challenge/expected.json"


def passes(node: Node, made: Manifest, baseline: List[str]) -> None:
    """Wait for live and ready, then put the challenge set. Raises ProbeFailed with the probe's name."""
    wait_until_ready(node, made, baseline)
    if made.challenge:
        answers = node.machine.challenge(made.challenge)
        compare(answers, expected(node, made))
        check_speed(answers, made.gate.latency_ms)


def wait_until_ready(node: Node, made: Manifest, baseline: List[str]) -> None:
    """Returns when the release is live, ready and not degraded by a new reason of its own."""
    machine, bounds = node.machine, made.gate
    beat = Heartbeat(machine, made.id)
    spent = {"ready": 0.0, "build": 0.0}
    last = machine.monotonic()
    while True:
        document = beat.look()
        now = machine.monotonic()
        building = document is not None and document["state"] == "building_engine"
        spent["build" if building else "ready"] += now - last
        last = now
        if document is not None and document["ready"]:
            check_reasons(document, baseline)
            return
        _check_patience(node, bounds, beat, spent)
        machine.sleep(bounds.poll_s)


def _check_patience(node: Node, bounds: Gate, beat: Heartbeat, spent: Dict[str, float]) -> None:
    patience = bounds.live_s if beat.seen else max(bounds.live_s, bounds.ready_s)  # Docker and Python start slowly
    if beat.still_for() > patience:
        raise ProbeFailed(
            "live", "no heartbeat for {:.0f} s".format(beat.still_for()), "within {:g} s".format(patience)
        )
    if spent["ready"] > bounds.ready_s:
        raise ProbeFailed(
            "ready", "not ready after {:.0f} s".format(spent["ready"]), "within {:g} s".format(bounds.ready_s)
        )
    if spent["build"] > bounds.build_s:
        raise ProbeFailed(
            "ready", "engines not built in {:.0f} s".format(spent["build"]), "{:g} s".format(bounds.build_s)
        )
    check_restarts(node, bounds)


def check_restarts(node: Node, bounds: Gate) -> None:
    """Raises ProbeFailed when the restart budget is spent."""
    found = node.machine.restarts()
    if found > bounds.restarts:
        raise ProbeFailed("restarts", "{} restarts".format(found), "at most {}".format(bounds.restarts))


def check_reasons(document: Health, baseline: List[str]) -> None:
    """Raises ProbeFailed for a reason that speaks against the release and was not there before the switch."""
    new = (set(document["degraded"]) & health.blaming()) - set(baseline)
    if new:
        raise ProbeFailed("degraded", ", ".join(sorted(new)), "no reason that the release before did not have")


def soak(node: Node, made: Manifest, baseline: List[str], seconds: float) -> None:
    """Returns when the release stayed live, ready and undegraded for ``seconds``. Raises ProbeFailed."""
    machine, bounds = node.machine, made.gate
    beat = Heartbeat(machine, made.id)
    start = machine.monotonic()
    while machine.monotonic() - start < seconds:
        machine.sleep(bounds.poll_s)
        document = beat.look()
        if beat.still_for() > bounds.live_s:
            raise ProbeFailed(
                "live", "no heartbeat for {:.0f} s".format(beat.still_for()), "{:g} s".format(bounds.live_s)
            )
        if document is not None and not document["ready"]:
            raise ProbeFailed("ready", "no longer ready: {}".format(document["state"]), "ready during the soak")
        if document is not None:
            check_reasons(document, baseline)
        check_restarts(node, bounds)


def expected(node: Node, made: Manifest) -> List[Dict[str, str]]:
    """What the challenge set has to give: image, verdict, text; signed with the release."""
    path = "{}/{}".format(slots.folder(made.id), EXPECTED)
    found = json.loads(node.disk.read(path).decode("utf-8"))
    return [{key: str(entry[key]) for key in ("image", "verdict", "text")} for entry in found]


def compare(answers: List[Answer], wanted: List[Dict[str, str]]) -> None:
    """Raises ProbeFailed unless every image of the challenge set has its verdict and text, and none is missing."""
    got = {answer.image: answer for answer in answers}
    wrong = []
    for entry in wanted:
        answer = got.get(entry["image"])
        if answer is None:
            wrong.append("{}: no answer".format(entry["image"]))
        elif (answer.verdict, answer.text) != (entry["verdict"], entry["text"]):
            words = "{}: {} {!r}, expected {} {!r}"
            wrong.append(words.format(answer.image, answer.verdict, answer.text, entry["verdict"], entry["text"]))
    if wrong or not wanted:
        words = "; ".join(wrong[:5]) or "the challenge set is empty"
        raise ProbeFailed("challenge", "{} of {} images differ: {}".format(len(wrong), len(wanted), words))


def check_speed(answers: List[Answer], limit_ms: float) -> None:
    """Raises ProbeFailed when the 95th percentile (nearest rank) of the challenge's times is over ``limit_ms``."""
    times = sorted(answer.total_ms for answer in answers)
    p95 = times[max(0, -(-95 * len(times) // 100) - 1)]
    if p95 > limit_ms:
        raise ProbeFailed("speed", "95th percentile {:.0f} ms".format(p95), "at most {:g} ms".format(limit_ms))
