"""The page of `./inv trials`: what teaching and first recipes give on real pictures."""

from __future__ import annotations

from typing import Any

from fleet.core.pages import markdown_table

_HEAD = """# A new user's first recipes, on real pictures

Made by `./inv trials --publish`; the numbers are in [trials.json](trials.json), the kinds and recipes in
`fleet/measurement/trials.toml`. The pictures are real and not part of the repository. Texts are compared on A-Z
and 0-9.
Reader: {reader} ({engine}), {when}.
"""


def page(record: dict[str, Any]) -> str:
    """The page in Markdown."""
    parts = [_HEAD.format(**record["reader"], when=record["created"][:10])]
    if record["groups"]:
        parts.append(_groups(record["groups"]))
    if record["recipes"]:
        parts.append(_recipes(record["recipes"]))
    return "\n".join(parts)


def _groups(groups: list[dict[str, Any]]) -> str:
    whole = [group for group in groups if group["own"] and all(each["right"] for each in group["own"])]
    passing = [group for group in groups if group["own"] and all(each["verdict"] == "pass" for each in group["own"])]
    foreign = sum(len(group["foreign"]) for group in groups)
    tried = sum(group.get("foreign_tried", 0) for group in groups)
    wrong = sum(each["verdict"] == "pass" and not each["right"] for group in groups for each in group["own"])
    rows = [[group["name"], *_group_row(group)] for group in groups]
    head = ["group", "samples", "read right", "passed", "wrong passes", "samples of other groups passed"]
    summary = (
        f"{len(whole)} of {len(groups)} proposals read all their samples right, {len(passing)} pass all of them; "
        f"{wrong} wrong passes. Of {tried} readings of samples of another group, {foreign} passed."
    )
    return "\n".join(["## Taught from groups of samples", "", summary, "", markdown_table(head, rows), ""])


def _group_row(group: dict[str, Any]) -> list[str]:
    own = group["own"]
    if not own:
        return [str(len(group["read"])), f"refused: {group['refused']}", "", "", ""]
    passed = [each for each in own if each["verdict"] == "pass"]
    wrong = [each for each in passed if not each["right"]]
    right = sum(each["right"] for each in own)
    return [str(number) for number in (len(own), right, len(passed), len(wrong), len(group["foreign"]))]


def _recipes(entries: list[dict[str, Any]]) -> str:
    passed = [entry for entry in entries if entry["verdict"] == "pass" and entry["right"]]
    told = [entry for entry in entries if entry["verdict"] != "pass" and entry["told"]]
    wrong = [entry for entry in entries if entry["verdict"] == "pass" and not entry["right"]]
    rows = [[each["sample"], each["text"], each["verdict"], "<br>".join(each["told"][:2])] for each in entries]
    summary = (
        f"{len(passed)} of {len(entries)} recipes pass their photograph, {len(told)} are refused with a sentence that "
        f"says what to do, {len(wrong)} pass a wrong text."
    )
    head = ["photograph", "read", "verdict", "what the user is told"]
    return "\n".join(["## Written by hand from the how-to", "", summary, "", markdown_table(head, rows), ""])
