"""The stop rule."""

from fleet.rollout.answers import Answer
from fleet.rollout.stopping import Situation, failures, gate, rejected

MISREAD = {"probe": "challenge", "phase": "gating", "found": "1 of 2 images differ", "release": "new"}
TOLD = {"probe": "operator", "phase": "idle", "found": "misreads lots", "release": "new"}


def now(pending=(), stories=None, **verdicts):
    known = {}
    for host, verdict in verdicts.items():
        told, failure = verdict if isinstance(verdict, tuple) else (verdict, {})
        known[host] = Answer(host, told, failure=failure, roles=("canary",) if host.startswith("c") else ())
    return Situation(known, stories or {}, "run", "new", pending)


def test_the_next_batch_waits_for_every_canary():
    assert "canary c2 never received the release" in gate(now(c1="committed", c2="absent", n1="absent"), ["n1"], 9, "")
    assert gate(now(c1="committed", c2="committed", n1="absent"), ["n1"], 0, "") == ""
    assert gate(now(["c1"], c1="absent"), ["c1"], 0, "") == ""  # the canaries themselves
    assert "does not answer" in gate(now(c1="silent", n1="absent"), ["n1"], 9, "")
    earlier = {"c1": [{"outcome": "committed", "run": "before"}]}
    assert "runs another release" in gate(now(stories=earlier, c1="absent", n1="absent"), ["n1"], 9, "")


def test_a_canary_that_misread_never_counts():
    assert "misread under this release" in rejected(now(c1=("rolled back", MISREAD)), "c1", "")
    story = {"c1": [{"outcome": "rolled back", "run": "before", "failure": MISREAD}]}
    assert "misread under this release" in gate(now(stories=story, c1="committed", n1="absent"), ["n1"], 9, "why")
    other = {**MISREAD, "release": "another"}
    assert rejected(now(c1=("absent", other)), "c1", "") == ""


def test_a_canary_that_was_told_to_go_back_is_tried_again_only_for_a_reason():
    given = now(["c1"], c1=("rolled back", TOLD))
    assert "was told to go back (misreads lots)" in gate(given, ["c1"], 0, "")
    assert gate(given, ["c1"], 0, "the film was changed") == ""


def test_failures_are_what_was_tried_and_what_is_broken():
    tried = {host: [{"outcome": "lost", "run": "run"}] for host in ("n1", "n2", "n3")}
    given = now(["n5"], tried, c1="committed", n1="rolled back", n2="committed", n3="absent", n4="silent", n5="refused")
    assert failures(given) == ["n1", "n3"]
    assert gate(given, ["n5"], 1, "") == "2 of at most 1 failures: n1 rolled back, n3 replaced"
    assert gate(given, ["n5"], 2, "") == ""
    assert failures(now(n1="rolled back")) == ["n1"]  # left by an earlier run, and not tried in this one
    locked = {"n1": [{"outcome": "locked", "run": "run"}]}
    assert failures(now(stories=locked, n1="staged")) == []
