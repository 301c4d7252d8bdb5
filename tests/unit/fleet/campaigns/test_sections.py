"""The sections about boards."""

import pytest

from fleet.campaigns import findings, sections
from fleet.campaigns.records import read_boards
from fleet.campaigns.request import settings
from fleet.campaigns.sections import Page
from fleet.campaigns.summary import summarise
from fleet.reports.benchmark.document import Document, to_markdown
from tests.unit.fleet.campaigns import made
from tests.unit.fleet.campaigns.campaigns import campaign


def page_of(tmp_path, last=None, **boards):
    found = campaign(tmp_path, **boards)
    records = read_boards(found.boards)
    summary = summarise(found, records, last, settings()["thresholds"])
    return Page(summary, findings.kinds_of(records)[0])


def text_of(section):
    return to_markdown(Document("", [], [section]))


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("run__codes__onnxruntime__fp32", "codes onnxruntime fp32"),
        ("modules", "modules"),
        ("speed__fp32", "speed fp32"),
    ],
)
def test_a_part_has_a_name_for_people(part, name):
    assert sections.title(part) == name


def test_the_lead_names_boards_machine_and_campaign(tmp_path):
    (lead,) = sections.lead(page_of(tmp_path, nano_1={}, nano_2={}))
    assert "2 boards of the kind NVIDIA Jetson Nano Developer Kit, Cortex-A57, 4 threads, 3964 MiB, L4T 32.7.6" in lead


def test_the_lead_has_the_note_and_the_command(tmp_path):
    page = page_of(tmp_path, nano_1={"virtual": "docker"})
    page.summary["note"] = "nano-1 was slowed on purpose."
    lead = sections.lead(page)
    assert "virtual boards, not Jetson Nanos" in lead[0] and "`./inv benchmark --limit nanos`" in lead[1]
    assert lead[2] == "Note: nano-1 was slowed on purpose."


def test_boards_that_are_alike_need_no_look(tmp_path):
    text = text_of(sections.attention(page_of(tmp_path, nano_1={}, nano_2={})))
    assert "No board stands out." in text and "at least 1.15 times" in text and "1.50 times" in text


def test_the_state_of_every_board_is_shown(tmp_path):
    hot = {"entries": {made.RUN: {"during": made.during(hottest_c=71.0, most_power_mw=9000, least_input_mv=4900)}}}
    text = text_of(sections.boards(page_of(tmp_path, nano_1=hot, nano_2={"before": made.state("5W", ["GPU"])})))
    assert "| nano-1 | MAXN | fixed | 71.0 °C | 5.20 W, 9.00 W | 4.90 V | 0 | nano-ocr.service |" in text
    assert "| nano-2 | 5W | 1 not fixed | 51.5 °C | 5.20 W, 7.10 W | 5.05 V | 0 | nano-ocr.service |" in text


def test_a_machine_without_nvidias_tools_says_so(tmp_path):
    without = {**made.state(), "tools": None, "why_no_tools": "nvpmodel cannot be run"}
    text = text_of(sections.boards(page_of(tmp_path, nano_1={"before": without, "stopped": []})))
    assert "| not known: nvpmodel cannot be run | not known |" in text and "| none ran |" in text


def test_ratios_are_shown_with_their_doubts(tmp_path):
    slow = {"records": made.whole(**{made.RUN: made.run(ms=200.0, doubts=["machine-busy"])})}
    text = text_of(sections.compared(page_of(tmp_path, nano_1={}, nano_2=slow)))
    assert "| nano-1 | 0.50 ~ | 1.00 | 1.00 | 1.00 |" in text  # its only sibling has no valid time
    assert "| nano-2 | 2.00 ~ | 1.00 | 1.00 | 1.00 |" in text


def test_the_last_campaign_is_compared_or_said_to_be_missing(tmp_path):
    assert "no earlier campaign" in text_of(sections.since_last(page_of(tmp_path / "a", nano_1={})))
    last = page_of(tmp_path / "b", nano_1={"records": made.whole(**{made.RUN: made.run(ms=80.0, exact=1.0)})}).summary
    text = text_of(sections.since_last(page_of(tmp_path / "c", last=last, nano_1={})))
    assert "| nano-1 | codes onnxruntime fp32 | 1.25 | 75.0 % | 100.0 % | none |" in text


def test_conditions_name_what_speaks_against_a_time(tmp_path):
    busy = {"records": made.whole(**{made.RUN: made.run(doubts=["machine-busy"])})}
    text = text_of(sections.conditions(page_of(tmp_path, nano_1=busy)))
    assert "| nano-1 | codes onnxruntime fp32 | 12 | 1.00 | 0.00 | machine-busy |" in text
