"""Measures how many code lines one core prints, and how many whole frames it renders, per second.

python -m training.measure_speed --out docs/results/<folder>/render-speed.json
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2

from training import cards
from training.make_nano_codes import frame
from training.render import printer
from training.render.fonts import EMBEDDED
from training.render.seeds import stream
from training.render.spec import PRINTS
from training.render.text import code_lines


def per_second(work: Callable[[int], int], rounds: int) -> tuple[float, float]:
    """Items per CPU second: the median and the lowest of ``rounds`` after a warm-up; ``work(i)`` returns its items."""
    work(0)
    rates = []
    for index in range(1, rounds + 1):
        start = time.process_time()
        items = work(index)
        rates.append(items / (time.process_time() - start))
    return statistics.median(rates), min(rates)


def print_lines(kind: str, seed: int) -> Callable[[int], int]:
    """Work that prints the ink of both lines of one two-line code with a new printer."""

    def work(index: int) -> int:
        texts = code_lines(stream(seed, index, "text"), "two-line")
        rng = stream(seed, index, "print")
        machine = printer.choose(kind, 0.5, texts, 24.0, 535.0, rng, EMBEDDED)
        return len([machine.print(text, rng) for text in texts])

    return work


def frame_lines(seed: int) -> Callable[[int], int]:
    """Work that renders one whole frame of the data set and counts its code lines."""
    return lambda index: len(frame(seed, index).lines)


def measure(rounds: int) -> dict[str, object]:
    """Items per CPU second of one thread, by kind of print, and the machine on which they were measured."""
    cv2.setNumThreads(1)
    work = {f"line, {kind}": print_lines(kind, 1) for kind in PRINTS}
    work["line in a whole frame"] = frame_lines(1)
    rates = {name: per_second(items, rounds) for name, items in work.items()}
    rows = [
        {"item": name, "median": round(median, 1), "lowest": round(low, 1)} for name, (median, low) in rates.items()
    ]
    return {"machine": cards.machine(), "python": platform.python_version(), "rounds": rounds, "per_cpu_second": rows}


def main(argv: list[str] | None = None) -> int:
    """Print the measurement as JSON, or write it to ``--out``."""
    parser = argparse.ArgumentParser(
        prog="python -m training.measure_speed", description="Measure the renderer's speed."
    )
    parser.add_argument("--rounds", type=int, default=40, help="codes per row (default %(default)s)")
    parser.add_argument("--out", type=Path, help="JSON file to write")
    arguments = parser.parse_args(argv)
    if arguments.rounds < 1:
        parser.error(f"--rounds must be at least 1, got {arguments.rounds}")
    text = json.dumps(measure(arguments.rounds), indent=1) + "\n"
    if arguments.out:
        arguments.out.write_text(text)
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
