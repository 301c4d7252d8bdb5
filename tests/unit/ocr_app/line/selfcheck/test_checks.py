"""The self-check as a whole: in order, and without another way of reading."""

from ocr_app.board.runtime_context import RuntimeContext
from ocr_app.core.errors import DeviceUnavailable, EngineError
from ocr_app.core.types import ReaderInfo
from ocr_app.line.selfcheck import checks, host
from ocr_app.line.selfcheck.rows import FAILED
from ocr_app.readers.contract import Reader


class Blind(Reader):
    """Finds nothing, anywhere."""

    info = ReaderInfo("blind", "test 1", "cpu", "fp32")

    def posteriors(self, image, timer=None):
        return []


def test_a_reader_that_does_not_open_is_a_row():
    def opened():
        raise DeviceUnavailable("no cuda", "a GPU")

    rows = checks.run(RuntimeContext(), "", opened, opened, lambda row: None)
    assert (rows[-1].check, rows[-1].status) == ("reader", FAILED)


def test_without_an_engine_yet_the_samples_are_read_without_and_the_check_fails(tmp_path, monkeypatch):
    monkeypatch.setattr(host, "rows", lambda context: [])

    def by_engine():
        raise AssertionError("there is no engine to read by")

    rows = checks.run(RuntimeContext("l4t", image="ocr-app"), str(tmp_path), by_engine, Blind, lambda row: None)
    (engines,) = [row for row in rows if row.check == "engines"]
    assert engines.status == FAILED and "ocr-app engine build --services none" in engines.next_step
    (reader,) = [row for row in rows if row.check == "reader"]
    assert reader.found.startswith("blind on cpu") and len(rows) > rows.index(reader) + 1


def test_an_engine_that_does_not_fit_is_not_replaced_by_another_way_of_reading(tmp_path):
    def by_engine():
        raise EngineError("the engine a is foreign", "one", "ocr-app engine build")

    (tmp_path / "a.json").write_text("{}")
    rows = checks.run(RuntimeContext(), str(tmp_path), by_engine, Blind, lambda row: None)
    assert (rows[-1].check, rows[-1].status) == ("reader", FAILED) and "foreign" in rows[-1].found
