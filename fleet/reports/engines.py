"""Renders docs/results/engines.md from engines.json. Every number on the page is from there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from fleet.core.pages import format_machine, markdown_table

MIB = float(1 << 20)
_NAMED = 12  # the page names this many nodes per network; beyond that, it counts their operators


def page(report: dict[str, Any]) -> str:
    """The whole page."""
    parts = [
        "# Preflight and precision gate of every network",
        f"Made by `./inv engines-report` on {report['date']} ({format_machine(report['machine'])}), "
        "without GPU and TensorRT; do not edit. "
        "[What is judged, and how](../how-to/judge-a-network.md).",
        "## What FP16 does to the texts",
        "Texts that change when every tensor is a half (*tensors*), and when the sums behind means are halves too "
        "(*sums*); white space does not count. CER is against the labels, which not every set has for every line.",
        _images(report["plans"]),
        _gate(report["plans"]),
        _ruined(report["plans"]),
        _kept(report["plans"]),
        _overflow(report["plans"]),
        "## What TensorRT 8.2.1 and the board take",
        f"{report['preflight']['parser']}, compute capability {report['preflight']['compute_capability']}. Times are "
        "estimates by the roofline model, memory an estimate by shapes; neither was measured on a board.",
        _preflight(report["preflight"]["models"]),
        _findings(report["preflight"]["models"]),
        _missing(report["missing"]),
        _open(report["open"]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _gate(plans: Sequence[dict[str, Any]]) -> str:
    rows = []
    for plan in plans:
        own = plan["evidence"]
        for arithmetic, each in own["fp16"].items():
            kept = own["plan"][arithmetic]
            cells = [f"`{plan['network']}`", str(own["items"]), arithmetic, _percent(own["fp32"]["cer"])]
            cells += [_percent(each["cer"]), f"{each['changed']}", f"{kept['changed']}", _percent(kept["cer"])]
            cells.append(f"{len(plan['fp32'])} of {plan['model']['nodes']}")
            rows.append([*cells, _search(own["search"]), plan["verdict"]])
    head = ("network", "images", "arithmetic", "CER % FP32", "CER % FP16", "change in FP16")
    return markdown_table(
        (*head, "change with the plan", "CER % with it", "nodes in FP32", "sets tried", "verdict"), rows
    )


def _search(search: dict[str, Any]) -> str:
    return str(search["trials"]) if search["complete"] else f"{search['trials']}, then stopped: fewer may do"


def _images(plans: Sequence[dict[str, Any]]) -> str:
    """The images that each network was judged on. Networks with the same images share a line."""
    groups: dict[str, list[str]] = {}
    for plan in plans:
        words = ", ".join(f"{own['items']} of `{own['name']}`" for own in plan["evidence"]["sets"])
        groups.setdefault(words, []).append(f"`{plan['network']}`")
    return "Images:\n\n" + "\n".join(f"- {words}: {', '.join(own)}" for words, own in groups.items()) if groups else ""


def _ruined(plans: Sequence[dict[str, Any]]) -> str:
    """Networks that lose most of their texts, as the thesis's PaddleOCR did in FP16."""
    lines = []
    for plan in plans:
        own = plan["evidence"]
        arithmetic, worst = max(own["fp16"].items(), key=lambda item: item[1]["changed"])
        if 2 * worst["changed"] >= own["items"]:
            cer, with_plan = _percent(worst["cer"]), _percent(own["plan"][arithmetic]["cer"])
            lines.append(
                f"- `{plan['network']}`: {worst['changed']} of {own['items']} texts change ({arithmetic}), "
                f"CER {cer} %; {_percent(own['fp32']['cer'])} % in FP32, {with_plan} % with the plan"
            )
    head = (
        "### Ruined by FP16, caught here\n\nHalf of the texts or more change without a plan. The builder makes no FP16 "
        "engine without an accepted plan, so none of these would have reached a board unnoticed:"
    )
    return "\n\n".join([head, "\n".join(lines)]) if lines else ""


def _kept(plans: Sequence[dict[str, Any]]) -> str:
    rows = []
    for plan in plans:
        own = plan["fp32"]
        if len(own) > _NAMED:
            kinds = Counter(kept["op"] for kept in own).most_common()
            words = ", ".join(f"{count} {kind}" for kind, count in kinds)
            rows.append([f"`{plan['network']}`", words, f"{len(own)} layers, named in engines.json", "told there"])
            continue
        rows += [[f"`{plan['network']}`", kept["op"], f"`{kept['layer']}`", kept["why"]] for kept in own]
    return (
        "### Nodes that stay in FP32\n\n" + markdown_table(("network", "operator", "layer", "why"), rows)
        if rows
        else ""
    )


def _overflow(plans: Sequence[dict[str, Any]]) -> str:
    rows = [
        [
            f"`{plan['network']}`",
            arithmetic,
            layer["op"],
            f"`{layer['name'] or layer['output']}`",
            f"{layer['peak']:.3g}",
        ]
        for plan in plans
        for arithmetic, layers in plan["evidence"]["layers"].items()
        for layer in layers["origins"]
    ]
    head = ("network", "arithmetic", "operator", "layer", "output up to")
    words = "In *sums* it is the sum behind a mean that overflows; the value told is the mean, which fits by itself."
    return f"### Where overflow begins\n\n{words}\n\n{markdown_table(head, rows)}" if rows else ""


def _preflight(models: Sequence[dict[str, Any]]) -> str:
    rows = []
    for model in models:
        memory, shape = model["memory"], "x".join(map(str, model["shape"] or []))
        kinds = [finding["kind"] for finding in model["findings"]]
        cells = [f"`{model['name']}`", shape, str(model["opset"]), str(model["nodes"]), str(kinds.count("refused"))]
        cells += [f"{model['macs'] / 1e6:.0f}" if model["macs"] is not None else "-", _range(model["estimate_ms"])]
        cells += [f"{memory[key] / MIB:.0f}" if memory else "-" for key in ("run", "build", "budget")]
        rows.append(cells)
    head = ("network", "input", "opset", "nodes", "refused", "MMAC", "estimate ms FP16")
    return markdown_table((*head, "running MiB", "building MiB", "budget MiB"), rows)


def _range(estimate: Sequence[float] | None) -> str:
    return "-" if estimate is None else f"{estimate[1]:.1f} to {estimate[0]:.1f}"


def _findings(models: Sequence[dict[str, Any]]) -> str:
    rows = [
        [f"`{model['name']}`", own["kind"], own["op"], f"`{own['node']}`", own["why"], own["do"]]
        for model in models
        for own in model["findings"]
        if own["kind"] != "note"
    ]
    return markdown_table(("network", "", "operator", "node", "why", "what to do"), rows) if rows else ""


def _missing(sources: Sequence[str]) -> str:
    return "Not here when this was made: " + ", ".join(f"`{source}`" for source in sources) + "." if sources else ""


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _open(networks: Sequence[dict[str, Any]]) -> str:
    return "Not judged: " + "; ".join(f"`{own['network']}`: {own['why']}" for own in networks) + "." if networks else ""
