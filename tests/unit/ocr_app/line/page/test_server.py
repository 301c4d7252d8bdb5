"""The page as a thread that answers and ends."""

import threading
import time
import urllib.request

from page_parts import png, row

from ocr_app.line.page.access.listening import listen
from ocr_app.line.page.server import OperatorPage


def test_it_answers_writes_remarks_and_ends(page_line, people):
    page = OperatorPage(page_line, listen(page_line.settings.page, page_line.settings.journal.folder))
    stop = threading.Event()
    thread = threading.Thread(target=page.run, args=(stop,))
    thread.start()
    try:
        with urllib.request.urlopen(page.url + "sign-in", timeout=20) as answer:
            assert b'id="secret"' in answer.read()
        line = {"text": "A", "quad": [[0, 0]] * 4, "confidence": 1.0}
        page.view(row(7, "fail", reasons=("unsure:c[0]",)), png(), {"lines": [line]})
        page.view(row(8), png(), {"lines": []})
        end = time.monotonic() + 20
        while not page._site.records.remark(7) and time.monotonic() < end:
            time.sleep(0.05)
        remark = page._site.records.remark(7)
        assert remark["size"] == [40, 20] and len(remark["lines"]) == 1
        assert remark["reasons"][0]["code"] == "unsure:c[0]"
        assert page._site.records.remark(8) == {}
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()
