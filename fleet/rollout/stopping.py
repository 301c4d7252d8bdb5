"""The stop rule: whether the next batch of a deployment may begin, by what every board says now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from fleet.rollout import history
from fleet.rollout.answers import Answer, outcome
from fleet.rollout.history import Story
from fleet.rollout.hosts import FAILED, GOOD, OUTCOMES, format_failure

_SHOWN = 8


@dataclass(frozen=True)
class Situation:
    """A deployment at one moment: what every board said now, and what was done before.

    ``pending``: the hosts that are still to be tried.
    """

    answers: Mapping[str, Answer]
    stories: Mapping[str, Story]
    run: str
    release: str
    pending: Collection[str]

    def outcome(self, host: str) -> str:
        """The outcome of a host, as it is now."""
        return outcome(self.answers[host], self.stories.get(host, []), self.run)


def gate(now: Situation, batch: Collection[str], most: int, again: str) -> str:
    """Why the next batch must not begin; empty if it may.

    ``most``: how many failures are tolerated, canaries not included. ``again``: why a canary that an operator told to
    go back may be tried once more.
    """
    for canary in sorted(host for host, answer in now.answers.items() if answer.canary):
        if why := rejected(now, canary, again):
            return f"canary {canary} {why}"
        if canary not in batch and now.outcome(canary) != "committed":
            return f"canary {canary} {OUTCOMES[now.outcome(canary)]}"
    bad = failures(now)
    shown = ", ".join(f"{host} {now.outcome(host)}" for host in bad[:_SHOWN])
    return f"{len(bad)} of at most {most} failures: {shown}" if len(bad) > most else ""


def rejected(now: Situation, host: str, again: str) -> str:
    """Why a canary cannot count: it misread under this release, ever, or an operator told it to go back."""
    answer, story = now.answers[host], now.stories.get(host, [])
    told = answer.failure if answer.failure.get("release") == now.release else {}
    for failure in [told, *(record.get("failure") or {} for record in story)]:
        if failure.get("probe") == "challenge":
            return f"misread under this release ({format_failure(failure)[:200]}), so no other board may get it"
    if told.get("probe") == "operator" and answer.verdict in ("rolled back", "refused") and not again:
        return f"was told to go back ({told.get('found', '?')}); to try it there once more: --again WHY"
    return ""


def failures(now: Situation) -> list[str]:
    """The hosts that count as failures: tried in this run and not well, or left broken by an earlier one."""
    tried = {host for host, story in now.stories.items() if history.touched(_of_run(story, now.run))}
    bad = [
        host for host in now.answers
        if host not in now.pending and now.outcome(host) not in (*GOOD, "locked")
        and (host in tried or now.outcome(host) in FAILED)
    ]  # fmt: skip
    return sorted(bad)


def _of_run(story: Story, run: str) -> Story:
    return [record for record in story if record.get("run") == run]
