"""docs/reference/opcua.md is what the table of the nodes generates."""

from fleet.gateway import messages, reference
from fleet.gateway.board import CODES
from ocr_app.line.journal.rows import VERDICTS
from ocr_app.line.outputs import registers


def test_the_committed_page_is_the_generated_one():
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(), "run ./inv docs"


def test_verdicts_and_codes_are_those_of_the_line():
    assert messages.VERDICTS == VERDICTS and CODES == registers.CODES
