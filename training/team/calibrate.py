"""Calibrates the team: the weights of its arbiter, and its thresholds, from labelled lines.

python -m training.team.calibrate              measure; write data/team.json and the card docs/models/team.md
python -m training.team.calibrate --count 200  a quick try
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.readers.contract import ReaderOptions
from ocr_app.readers.team import settings
from ocr_app.readers.team.arbiter import Arbiter, comparable, features
from ocr_app.readers.team.members import Member, open_member
from training import cards, reliability
from training.team import regression
from training.team.examples import TeamExample, examples

DATA = cards.ROOT / "ocr_app" / "data" / "team.json"
TEAM = "thorough"  # the team with every member
COUNT = 900  # examples of each kind
THRESHOLDS = (0.5, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99)


@dataclass(frozen=True)
class Rows:
    """What one member's regression learns from."""

    features: regression.Floats
    right: regression.Floats
    weights: regression.Floats


def open_members() -> tuple[Member, ...]:
    """Every member, on one thread."""
    options, looking = ReaderOptions(threads=1), settings.looking(TEAM)
    return tuple(open_member(name, name in looking, options, OnnxNetwork) for name in settings.team(TEAM).members)


def rows_of(member: str, found: Sequence[TeamExample], members: Sequence[str]) -> Rows:
    """Each example once per set of other members that may have been asked; each domain weighs the same."""
    others = [name for name in members if name != member]
    asked = [subset for size in range(len(others) + 1) for subset in itertools.combinations(others, size)]
    sizes = {domain: sum(each.domain == domain for each in found) for domain in {each.domain for each in found}}
    rows, right, weights = [], [], []
    for each in found:
        own = each.said[member]
        if not comparable(own.text):
            continue
        for subset in asked:
            rows.append(features(own, {name: each.said[name] for name in subset}, members))
            right.append(float(comparable(own.text) == each.truth))
            weights.append(len(found) / (len(sizes) * sizes[each.domain] * len(asked)))
    return Rows(np.array(rows), np.array(right), np.array(weights))


def trusted(found: Iterable[TeamExample], members: Sequence[str]) -> list[TeamExample]:
    """Without the examples where all members read the same and the label says something else.

    Networks that were trained independently do not make the same mistake; labels and their quads do contain mistakes.
    """
    return [each for each in found if not _all_against_label(each, members)]


def _all_against_label(each: TeamExample, members: Sequence[str]) -> bool:
    texts = {comparable(each.said[name].text) for name in members}
    return len(texts) == 1 and not texts & {each.truth, ""}


def learn(found: Sequence[TeamExample], members: Sequence[str]) -> dict[str, list[float]]:
    """The weights of every member."""
    learnt = {}
    for name in members:
        rows = rows_of(name, found, members)
        learnt[name] = [round(float(w), 4) for w in regression.fit(rows.features, rows.right, rows.weights)]
    return learnt


@dataclass(frozen=True)
class Staged:
    """What a staged reading of one example comes to at one threshold."""

    right: bool
    confidence: float
    asked: int


def staged(each: TeamExample, arbiter: Arbiter, members: Sequence[str], sure: float) -> Staged:
    """The members are asked in their order: the second below ``sure``, the third where the two differ as well."""
    said = [each.said[members[0]]]
    best, chance = arbiter.weigh(said)[0]
    for name in members[1:]:
        differ = len({comparable(one.text) for one in said}) > 1
        if chance >= sure or (len(said) > 1 and not differ):
            break
        said.append(each.said[name])
        best, chance = arbiter.weigh(said)[0]
    return Staged(comparable(best.text) == each.truth, chance, len(said))


def threshold_table(found: Sequence[TeamExample], arbiter: Arbiter, members: Sequence[str]) -> list[dict[str, float]]:
    """Accuracy and the share of lines shown to further members, by threshold and averaged over the domains."""
    rows = []
    for sure in THRESHOLDS:
        outcomes = [(each.domain, staged(each, arbiter, members, sure)) for each in found if each.truth]
        domains = sorted({domain for domain, _ in outcomes})
        of = {domain: [one for d, one in outcomes if d == domain] for domain in domains}
        row = {"sure": sure}
        row["right"] = _mean([_mean([100.0 * one.right for one in of[d]]) for d in domains])
        row["asked_second"] = _mean([_mean([100.0 * (one.asked > 1) for one in of[d]]) for d in domains])
        row["asked_third"] = _mean([_mean([100.0 * (one.asked > 2) for one in of[d]]) for d in domains])
        rows.append(row)
    return rows


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 2) if len(values) else 0.0


def alone_table(found: Sequence[TeamExample], members: Sequence[str]) -> dict[str, dict[str, float]]:
    """Lines read right by each member alone, and by any, by domain (percent)."""
    table: dict[str, dict[str, float]] = {}
    for domain in sorted({each.domain for each in found}):
        lines = [each for each in found if each.domain == domain and each.truth]
        right = {name: [comparable(each.said[name].text) == each.truth for each in lines] for name in members}
        table[domain] = {name: _mean([100.0 * hit for hit in hits]) for name, hits in right.items()}
        table[domain]["any"] = _mean([100.0 * any(hits) for hits in zip(*right.values(), strict=True)])
        table[domain]["lines"] = float(len(lines))
    return table


def agreement_table(found: Sequence[TeamExample], members: Sequence[str]) -> dict[str, dict[str, int]]:
    """How often two members read the same, and how often that is wrong."""
    table = {}
    for first, second in itertools.combinations(members, 2):
        same = [each for each in found if _same(each, first, second) and each.truth]
        wrong = sum(comparable(each.said[first].text) != each.truth for each in same)
        table[f"{first} and {second}"] = {"lines": len(same), "wrong": wrong}
    return table


def _same(each: TeamExample, first: str, second: str) -> bool:
    text = comparable(each.said[first].text)
    return bool(text) and text == comparable(each.said[second].text)


def calibrate(count: int) -> dict[str, Any]:
    """Everything that is learnt and measured: half of the examples teach, the other half judge."""
    cv2.setNumThreads(1)
    opened = open_members()
    members = tuple(member.name for member in opened)
    every = list(examples(opened, count))
    found = trusted(every, members)
    teach, judge = found[::2], found[1::2]
    weights = learn(teach, members)
    arbiter = Arbiter(weights, members)
    return {
        "machine": cards.machine(),
        "examples": {domain: sum(each.domain == domain for each in found) for domain in domains_of(found)},
        "left_out": len(every) - len(found),
        "weights": weights,
        "alone": alone_table(judge, members),
        "agreement": agreement_table(found, members),
        "thresholds": threshold_table(judge, arbiter, members),
        "reliability": {name: reliability.to_json(cases) for name, cases in curves(judge, arbiter, members).items()},
        "cases": {
            name: [[round(confidence, 4), int(right)] for confidence, right in cases]
            for name, cases in curves(judge, arbiter, members).items()
        },
    }


def domains_of(found: Sequence[TeamExample]) -> list[str]:
    """Where examples come from, each once."""
    return sorted({each.domain for each in found})


def curves(
    found: Sequence[TeamExample], arbiter: Arbiter, members: Sequence[str]
) -> dict[str, list[reliability.ConfidenceCase]]:
    """Confidences with what became of them: the first member alone, and the team with its default threshold."""
    sure = settings.team(None).sure
    alone = [staged(each, arbiter, members[:1], sure) for each in found]
    team = [staged(each, arbiter, members, sure) for each in found]
    named = {f"{members[0]} alone": alone, "the team": team}
    return {name: [(one.confidence, one.right) for one in outcomes] for name, outcomes in named.items()}


def tables(measured: dict[str, Any]) -> dict[str, str]:
    """The blocks of the card."""
    facts = [["examples", "number"], *([domain, str(count)] for domain, count in measured["examples"].items())]
    facts += [["left out: all members read the same, the label says otherwise", str(measured["left_out"])]]
    return {
        "facts": cards.markdown(facts),
        "alone": cards.markdown(_alone_rows(measured["alone"])),
        "agreement": cards.markdown(_agreement_rows(measured["agreement"])),
        "thresholds": cards.markdown(_threshold_rows(measured["thresholds"])),
        "reliability": _reliability_text(measured["reliability"]),
    }


def _alone_rows(alone: dict[str, dict[str, float]]) -> list[list[str]]:
    names = [name for name in next(iter(alone.values())) if name != "lines"]
    rows = [["lines from", "lines", *names]]
    for domain, shares in alone.items():
        rows.append([domain, f"{shares['lines']:.0f}", *(f"{shares[name]:.1f} %" for name in names)])
    return rows


def _agreement_rows(agreement: dict[str, dict[str, int]]) -> list[list[str]]:
    rows = [["members", "lines that both read alike", "of these wrong"]]
    for pair, counts in agreement.items():
        share = 100.0 * counts["wrong"] / max(1, counts["lines"])
        rows.append([pair, str(counts["lines"]), f"{counts['wrong']} ({share:.2f} %)"])
    return rows


def _threshold_rows(thresholds: Sequence[dict[str, float]]) -> list[list[str]]:
    rows = [["`sure`", "lines read right", "shown to a second member", "to a third"]]
    for row in thresholds:
        shares = [f"{row[key]:.1f} %" for key in ("right", "asked_second", "asked_third")]
        rows.append([f"{row['sure']:g}", *shares])
    return rows


def _reliability_text(found: dict[str, dict[str, Any]]) -> str:
    said = [f"{name}: {100 * each['calibration_error']:.1f} points" for name, each in found.items()]
    return "![Confidence and share right](team.svg)\n\nExpected calibration error: " + "; ".join(said) + "."


def save(measured: dict[str, Any], folder: Path = cards.CARDS) -> None:
    """Write the card: its figures, its tables, and the reliability diagram."""
    cases = measured.pop("cases")
    drawn: dict[str, Sequence[reliability.ConfidenceCase]] = {
        name: [(confidence, bool(right)) for confidence, right in found] for name, found in cases.items()
    }
    (folder / "team.svg").write_text(reliability.diagram(drawn), encoding="utf-8")
    cards.save("team", measured, tables(measured), folder)


def main(arguments: list[str] | None = None) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=COUNT, help="examples of each kind (default %(default)s)")
    parser.add_argument("--try", dest="trial", action="store_true", help="print, write nothing")
    wanted = parser.parse_args(arguments)
    measured = calibrate(wanted.count)
    print(json.dumps({key: measured[key] for key in ("alone", "agreement", "thresholds", "weights")}, indent=1))
    if not wanted.trial:
        data = json.loads(DATA.read_text(encoding="utf-8"))
        data["arbiter"]["weights"] = measured["weights"]
        DATA.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
        save(measured)
    return 0


if __name__ == "__main__":
    sys.exit(main())
