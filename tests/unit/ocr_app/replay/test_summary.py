"""The numbers of a replay, and its table of changes."""

from ocr_app.replay.comparing import KINDS
from ocr_app.replay.summary import ReplaySummary, changes_table, kind_of_row


def row(place, before, after, problem="", **more):
    told = [
        None if verdict is None else {"verdict": verdict, "text": "T", "reasons": []} for verdict in (before, after)
    ]
    name = "n{}".format(place)
    return dict(
        {
            "index": place,
            "name": name,
            "before": told[0],
            "after": told[1],
            "problem": problem,
            "attempts": 1,
            "ms": 2.0,
        },
        **more,
    )


def test_every_picture_is_counted_once_and_the_dangerous_ones_come_first():
    rows = [
        row(0, "pass", "pass"), row(3, "pass", "fail"), row(1, "fail", "pass"), row(2, "fail", None, "is not an image"),
        row(4, "pass", "fail", attempts=3),
    ]  # fmt: skip
    summary = ReplaySummary(rows, 5)
    assert [each["index"] for each in summary.changed] == [1, 3, 4, 2]
    record = summary.record()
    assert record["complete"] and (record["done"], record["changed"], record["read_again"]) == (5, 3, 2)
    assert tuple(record["kinds"]) == KINDS and sum(record["kinds"].values()) == 5
    assert record["verdicts"] == {"fail -> pass": 1, "fail -> unread": 1, "pass -> fail": 2, "pass -> pass": 1}
    assert "passes now, and was rejected" in summary.text() and "INCOMPLETE" not in summary.text()


def test_a_part_of_the_pictures_is_said_to_be_one():
    summary = ReplaySummary([row(0, "pass", "pass")], 2)
    assert not summary.record()["complete"] and summary.text().startswith("INCOMPLETE: 1 of 2 pictures")


def test_a_picture_without_one_of_the_verdicts_was_not_read():
    assert kind_of_row(row(0, None, "pass")) == "unread" and kind_of_row(row(0, "pass", None)) == "unread"
    assert kind_of_row(row(0, "pass", "pass", "lost")) == "unread"


def test_the_table_is_one_line_a_picture_whatever_is_printed_on_it():
    one = dict(row(0, "pass", "fail"), kind="lost-pass", name="a\x1b[31m\nb")
    one["after"]["text"] = "X\n\tY"
    head, _, line = changes_table([one]).split("\n")
    assert head.split() == ["picture", "change", "before", "now", "text", "before", "text", "now"]
    assert "\x1b" not in line and line.endswith("X Y") and "a?[31m b" in line


def test_the_table_says_why_a_picture_was_not_read():
    one = dict(row(0, None, None, "no\nimage"), kind="unread")
    assert changes_table([one]).endswith("no image")
