"""Every sort of trouble is named with its board: slow, throttled, misreading, missing, broken, changed."""

import pytest

from fleet.campaigns import findings
from fleet.campaigns.findings import BoardKind
from fleet.campaigns.records import BoardRecords
from fleet.campaigns.request import settings
from tests.unit.fleet.campaigns import made

LIMITS = settings()["thresholds"]


def told(found):
    return [(own.host, own.what, own.part) for own in found]


def compared(*boards):
    (kind,) = findings.kinds_of(boards)
    return list(findings.comparison(kind, made.PARTS, LIMITS))


def test_equal_boards_give_no_finding():
    assert compared(made.board("nano-1"), made.board("nano-2"), made.board("nano-3")) == []


def test_a_slow_board_is_named_with_its_parts_and_ratio():
    slow = made.whole(**{made.RUN: made.run(ms=210.0), made.SPEED: made.speed(lines_per_s=25.0)})
    found = compared(made.board("nano-1"), made.board("nano-2", slow), made.board("nano-3"))
    assert told(found) == [("nano-2", findings.SLOWER, made.RUN), ("nano-2", findings.SLOWER, made.SPEED)]
    assert [own.ratio for own in found] == [2.1, 2.0]
    assert found[0].words == "2.10 times the median of its siblings"


def test_a_slow_board_in_doubt_says_so():
    slow = {made.RUN: made.run(ms=200.0, doubts=["machine-busy"])}
    (found,) = compared(made.board("nano-1", {made.RUN: made.run()}), made.board("nano-2", slow))
    assert found.words == "2.00 times the median of its siblings (in doubt: machine-busy)"


def test_a_part_that_other_programs_disturbed_names_no_board_that_is_not_slow_otherwise():
    disturbed = made.whole(**{made.RUN: made.run(ms=200.0, doubts=["machine-busy"])})
    assert compared(made.board("nano-1"), made.board("nano-2", disturbed)) == []


def test_a_throttled_board_is_named_although_it_is_not_slow():
    hot = made.board("nano-2", entries={made.RUN: {"during": made.during(hottest_c=97.0)}})
    found = compared(made.board("nano-1"), hot)
    assert told(found) == [("nano-2", "throttled", made.RUN)] and "97.0 degrees" in found[0].words


def test_a_misreading_board_is_named_with_an_example():
    other = made.whole(**{made.RUN: made.run(texts=("EXP 01", "EXP O2", "EXP 03", "EXP 04"))})
    found = compared(made.board("nano-1"), made.board("nano-2"), made.board("nano-3", other))
    assert told(found) == [("nano-3", findings.OTHER_TEXT, made.RUN)]
    assert found[0].words == ("1 of 4 images, other than most of its siblings; 001: 'EXP O2', elsewhere 'EXP 02'")


def test_of_two_boards_that_differ_neither_is_called_right():
    other = made.whole(**{made.RUN: made.run(texts=("X",) * 4)})
    found = compared(made.board("nano-1"), made.board("nano-2", other))
    assert told(found) == [(host, findings.OTHER_TEXT, made.RUN) for host in ("nano-1", "nano-2")]
    assert "no text is that of most boards" in found[0].words


def test_a_board_with_another_application_is_named_and_not_compared():
    slow = made.whole(**{made.RUN: made.run(ms=900.0)})
    found = compared(made.board("nano-1"), made.board("nano-2"), made.board("nano-3", slow, app="f" * 64))
    assert {own.host for own in found} == {"nano-3"} and {own.what for own in found} == {findings.DIFFERS}


def test_boards_of_different_kinds_are_no_siblings():
    boards = [made.board("nano-1"), made.board("xavier", model="NVIDIA Jetson Xavier NX"),
              made.board("nano-2", virtual="docker")]  # fmt: skip
    assert [(kind.slug, len(kind.boards)) for kind in findings.kinds_of(boards)] == [
        ("jetson-nano", 1), ("jetson-xavier-nx", 1), ("virtual-jetson-nano", 1)
    ]  # fmt: skip


@pytest.mark.parametrize(("model", "slug"), [(None, "unknown"), ("NVIDIA", "nvidia"), ("Ödd / ../x", "dd-x")])
def test_a_kind_always_has_a_name_that_is_a_folder(model, slug):
    assert BoardKind(model, None, None, ()).slug == slug


def test_a_board_that_delivered_nothing_is_missing():
    (found,) = findings.delivery([BoardRecords("nano-9")], made.PARTS)
    assert told([found]) == [("nano-9", findings.MISSING, "")]


def test_the_reason_that_a_board_gave_is_kept():
    (found,) = findings.delivery([BoardRecords("nano-9", said="line: batch 17 runs")], made.PARTS)
    assert found.words == "it delivered nothing: line: batch 17 runs"


def test_a_broken_record_is_named_with_what_is_wrong(tmp_path):
    broken = made.run()
    del broken["latency_ms"]
    board = made.write_board(tmp_path, "nano-1", made.whole(**{made.RUN: broken}))
    (found,) = findings.delivery([board], made.PARTS)
    assert told([found]) == [("nano-1", findings.BROKEN, f"{made.RUN}.json")]
    assert found.words == "the record: 'latency_ms' is a required property"


def test_a_part_that_was_cut_off_or_failed_is_missing():
    records = made.whole(**{made.SPEED: None})
    board = made.board("nano-1", records, {made.CNN: {"status": "failed", "found": "killed by signal 9"}})
    found = list(findings.delivery([board], made.PARTS))
    assert told(found) == [("nano-1", findings.MISSING, made.CNN), ("nano-1", findings.MISSING, made.SPEED)]
    assert found[0].words == "killed by signal 9" and "cut off" in found[1].words


def test_what_a_board_has_no_means_for_is_no_failure_unless_it_was_asked_for_by_name():
    cannot = {"status": "cannot", "found": "torch is missing"}
    board = made.board("nano-1", entries={made.RUN: cannot, made.CNN: cannot})
    found = list(findings.delivery([board], made.PARTS))
    assert told(found) == [("nano-1", findings.MISSING, made.RUN), ("nano-1", findings.CANNOT, made.CNN)]


def test_a_record_without_a_single_time_says_why():
    board = made.board("nano-1", made.whole(**{made.MODULES: made.modules(error="no export of it")}))
    (found,) = findings.delivery([board], made.PARTS)
    assert (found.what, found.words) == (findings.CANNOT, "no export of it")


def report(ms, exact=0.75, kind="jetson-nano", images="c", doubts=(), application="a"):
    part = {"times": {"image": ms}, "exact": exact, "doubts": list(doubts),
            "basis": {"application": application, "images": images}}  # fmt: skip
    return {"boards": {"nano-1": {"kind": kind, "parts": {"run": part}}}}


def test_a_board_that_became_slower_or_reads_less_is_named():
    (found,) = findings.since_last(report(120.0, exact=0.5), report(100.0), LIMITS)
    assert (found.what, found.ratio) == (findings.CHANGED, 1.2)
    assert found.words == "1.20 times its median of then; 50.0 % exact, then 75.0 %"


@pytest.mark.parametrize("last", [report(100.0), report(95.0), report(130.0), None])
def test_a_board_that_did_not_change_or_became_faster_is_not_named(last):
    assert list(findings.since_last(report(100.0), last, LIMITS)) == []


@pytest.mark.parametrize(("ms", "named"), [(140.0, 0), (150.0, 1)])
def test_a_disturbed_campaign_has_to_show_more(ms, named):
    for now, then in ((["machine-busy"], []), ([], ["too-few-samples"])):
        found = findings.since_last(report(ms, doubts=now), report(100.0, doubts=then), LIMITS)
        assert len(list(found)) == named


@pytest.mark.parametrize("last", [report(1.0, kind="virtual-jetson-nano"), report(1.0, images="d")])
def test_other_images_and_other_boards_are_not_compared(last):
    assert findings.against(report(100.0), last) == []


def test_another_application_and_doubts_are_told():
    (row,) = findings.against(report(100.0, doubts=["hot"]), report(80.0, application="b"))
    assert (row["ratio"], row["doubts"]) == (1.25, ["hot", "other application"])
    (found,) = findings.since_last(report(100.0, doubts=["hot"]), report(80.0), LIMITS)
    assert found.words.endswith("in doubt: hot")
