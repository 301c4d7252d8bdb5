"""The page of the measurement."""

from __future__ import annotations

from fleet.replays import results

KINDS = {"new-pass": 2, "other-text": 0, "lost-pass": 4, "other-reject": 0, "after-line": 0, "unread": 1, "same": 13}
RECORD = {
    "command": "./inv replay measure", "created": "2026-12-01T00:00:00+00:00", "timed_pictures": 60,
    "machine": {"cpu": "c", "system": "s", "arch": "a", "threads": 2, "python": "3.11"},
    "ways": [
        {"name": "plain loop", "rounds": [{"per_second": 4.0, "ms": 250.0}, {"per_second": 2.0, "ms": 500.0}]},
        {
            "name": "replay, 2 processes",
            "rounds": [
                {"per_second": 6.0, "ms": 260.0, "beside_ms": 1.5}, {"per_second": 3.0, "ms": 510.0, "beside_ms": 2.5}
            ],
        },
    ],
    "checks": [{"name": "plain", "what": "nothing", "kills": 0, "pictures": 20, "kinds": KINDS, "read_again": 3}],
}  # fmt: skip


def test_ways_are_compared_within_a_round() -> None:
    assert results.ratio(RECORD, "replay, 2 processes") == 1.5


def test_the_page_tells_all_numbers() -> None:
    page = results.page(RECORD)
    assert "| plain loop | 3.00 | 2.00 to 4.00 | 1.00 | 375 |  |" in page
    assert "| replay, 2 processes | 4.50 | 3.00 to 6.00 | 1.50 | 385 | 2.0 |" in page
    assert "| nothing | 20 | 0 | 3 | 2 | 4 | 1 | 13 |" in page and "2 rounds of 60 pictures" in page
