"""The page of costs holds the numbers of its record, and what follows from them."""

from typing import Any

from fleet.scale import page

MACHINE = {"cpu": "a processor", "threads": 2, "system": "a system", "arch": "x86_64"}


def run(what: str, boards: int, control_s: float) -> dict[str, Any]:
    return {"what": what, "boards": boards, "wall_s": 12.34, "control_s": control_s, "boards_s": 9.0, "peak_mib": 201}


def record() -> dict[str, Any]:
    runs = [run(what, boards, 3.0 + boards) for what in page.COMMANDS for boards in (1, 4)]
    choice = {"strategy": "linear", "forks": 20, **run(page.AGAIN, 4, 7.0)}
    return {"date": "2026-01-02", "machine": MACHINE, "profile": "lean", "estimated": 500, "runs": runs,
            "choices": [choice]}  # fmt: skip


def test_the_page_holds_each_run_the_line_and_the_estimate() -> None:
    text = page.text(record())
    assert "| verify | 4 | 12.3 | 7.00 | 9.0 | 201 | - |" in text
    assert "| verify | 3.00 | 1.00 | 8.4 |" in text
    assert "| linear | 20 | 12.3 | 7.00 | 201 |" in text
    assert "a processor, a system, x86_64, 2 threads" in text


def test_a_note_is_told() -> None:
    assert "\n\nIt rained.\n\n" in page.text({**record(), "note": "It rained."})


def test_a_figure_can_be_fitted_too() -> None:
    assert page.line(record(), page.VERIFY, "peak_mib").each == 0
