"""The process of a camera where there is no GStreamer; tests/line runs it with one."""

import io
import json

import pytest

from ocr_app.line.sources import gstreamer


def test_without_gstreamer_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(gstreamer, "LIBRARIES", ("libnone.so.0",) * 3)
    with pytest.raises(gstreamer.PipelineFailed, match="GStreamer is not installed") as refused:
        gstreamer.Gstreamer()
    assert refused.value.next_step.startswith("apt-get install gstreamer1.0-plugins-base")


def test_the_last_record_says_why(monkeypatch):
    monkeypatch.setattr(gstreamer, "LIBRARIES", ("libnone.so.0",) * 3)
    monkeypatch.setattr(gstreamer, "_watch", lambda source, over: None)
    out = io.BytesIO()
    assert gstreamer.serve(io.BytesIO(b'{"pipeline": "videotestsrc"}\n'), out) == 1
    kind, _, length = gstreamer.HEADER.unpack_from(out.getvalue())
    what = json.loads(out.getvalue()[gstreamer.HEADER.size :].decode())
    assert kind == gstreamer.PROBLEM and length == len(out.getvalue()) - gstreamer.HEADER.size
    assert "not installed" in what["found"] and what["next_step"] == gstreamer.INSTALL
