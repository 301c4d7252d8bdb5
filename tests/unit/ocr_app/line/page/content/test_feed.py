"""The counters of the live screen."""

from page_parts import row

from ocr_app.line.page.content.feed import RECENT, LiveFeed
from ocr_app.line.page.content.words import PageTexts


def test_parts_are_counted_and_the_last_is_told():
    feed, woken = LiveFeed(PageTexts(), lambda: 7.0), []
    assert feed.last is None and feed.counters()["yield"] is None and feed.counters()["latency_ms"] == {}
    feed.changed = woken.append
    result = {"lines": [{"text": "A", "quad": [[0, 0]] * 4, "confidence": 1}], "code": None}
    feed.view(row(1), b"x", result)
    feed.view(row(2, "no-read", 2.0, ("no-frame",)), b"", None)
    found = feed.counters()
    assert found["counts"] == {"pass": 1, "fail": 0, "no-read": 1, "hold": 0} and found["yield"] == 0.5
    assert found["latency_ms"] == {"p50": 500.0, "p95": 1000.0} and found["recent"] == [(1, "pass"), (2, "no-read")]
    assert found["since"] == 7.0 and len(woken) == 2
    told = feed.describe(feed.last)
    assert (told["number"], told["verdict"], told["ms"], told["lines"]) == (2, "no-read", 1000.0, [])
    assert told["reasons"][0]["text"] == "No picture came for this part."
    assert feed.describe(woken[0])["lines"][0]["text"] == "A"


def test_what_is_kept_is_bounded():
    feed = LiveFeed(PageTexts())
    for number in range(1000):
        feed.view(row(number), b"", None)
    assert len(feed.counters()["recent"]) == RECENT and feed.counters()["total"] == 1000
