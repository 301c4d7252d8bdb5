"""The learning curve of a training; for a shipped network, also a copy of its log next to its card.

python -m training.curve --out build/recogniser [--config training/recogniser/config/code-recogniser.toml]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from training.cards import CARDS
from training.loop import plot_curve, read_log
from training.toml import load_toml

_SHOWN = (
    "strict",
    "alnum",
    "receipts-held-out",
    "recall",
    "precision",
    "whole",
    "pages_text",
    "pages_codes",
    "grocery_text",
)


def whole_log(out: Path, stages: int) -> list[dict[str, float]]:
    """The log of a training, with its stages one after another (``stages`` is 0 where there are none)."""
    folders = [out / f"stage-{number}" for number in range(1, stages + 1)] or [out]
    rows: list[dict[str, float]] = []
    for folder in folders:
        before = rows[-1] if rows else {"step": 0, "seconds": 0.0}
        for row in read_log(folder):
            moved = {key: row[key] + before[key] for key in ("step", "seconds")}
            rows.append({**row, **moved})
    return rows


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder of the training")
    parser.add_argument(
        "--config",
        type=Path,
        help="of a shipped network: also write log and curve to docs/models/",
    )
    wanted = parser.parse_args(arguments)
    config = load_toml(wanted.config) if wanted.config else {}
    log = whole_log(wanted.out, len(config.get("stage", [])))
    plot_curve(log, wanted.out / "curve.svg", wanted.out.name, _SHOWN)
    if wanted.config:
        name = config["name"]
        plot_curve(log, CARDS / f"{name}-curve.svg", name, _SHOWN)
        (CARDS / f"{name}-log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in log), encoding="utf-8")


if __name__ == "__main__":
    main()
