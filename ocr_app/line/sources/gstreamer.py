"""A process of its own that runs one GStreamer pipeline and hands over its frames, each with the moment of its capture.

    python -m ocr_app.line.sources.gstreamer

The first line of standard input is the pipeline, so that a password in it is in no list of processes; the end of
standard input ends the process. Standard output brings records (``HEADER``): frames, and at the end the reason.
GStreamer is called by ctypes: PyGObject has no wheel for the boards' Python. A driver that crashes or hangs takes this
process with it, and no other.
"""

import ctypes
import ctypes.util
import json
import os
import struct
import sys
import threading
import time
from typing import Any, BinaryIO, Dict, Optional

from ocr_app.line.sources.elements import package_of

HEADER = struct.Struct(">cqI")
"""Kind, moment of the capture in nanoseconds of the monotonic clock, length of what follows."""
FRAME, PROBLEM = b"F", b"P"
SINK = "nano_ocr_frames"
SINK_TEXT = " ! appsink name={} sync=false max-buffers=16".format(SINK)
LIBRARIES = ("libgstreamer-1.0.so.0", "libgstapp-1.0.so.0", "libglib-2.0.so.0")
INSTALL = "apt-get install gstreamer1.0-plugins-base gstreamer1.0-plugins-good"
_PLAYING, _NULL = 4, 1  # GstState
_ERROR, _END = 2, 1  # GstMessageType
_FAILED = 0  # GstStateChangeReturn
_TIME = 3  # GstFormat
_NOTHING = 2**64 - 1  # GST_CLOCK_TIME_NONE
_PTS_AT = 72  # bytes from the start of a GstBuffer of a 64-bit system to its pts, the same in all releases of 1.x
_POLL_NS = 100 * 1000 * 1000
_OLDEST_S = 60.0
_END_S = 3.0


class PipelineFailed(Exception):
    """The pipeline cannot run, or runs no more. ``next_step``: what to install, empty where that is not the cause."""

    def __init__(self, found: str, next_step: str = "") -> None:
        super(PipelineFailed, self).__init__(found)
        self.next_step = next_step


class _GlibError(ctypes.Structure):
    _fields_ = [("domain", ctypes.c_uint32), ("code", ctypes.c_int), ("message", ctypes.c_char_p)]


class Gstreamer:
    """The functions of three libraries, with the types of their arguments."""

    def __init__(self) -> None:
        """Raises PipelineFailed where GStreamer is not installed."""
        try:
            core, app, glib = (ctypes.CDLL(name) for name in LIBRARIES)
        except OSError as error:
            raise PipelineFailed("GStreamer is not installed: {}".format(error), INSTALL) from error
        pointer, number, big = ctypes.c_void_p, ctypes.c_int, ctypes.c_uint64
        self.init = _typed(core.gst_init, None, pointer, pointer)
        self.parse = _typed(core.gst_parse_launch, pointer, ctypes.c_char_p, pointer)
        self.set_state = _typed(core.gst_element_set_state, number, pointer, number)
        self.bus = _typed(core.gst_element_get_bus, pointer, pointer)
        self.pop = _typed(core.gst_bus_timed_pop_filtered, pointer, pointer, big, number)
        self.parse_error = _typed(core.gst_message_parse_error, None, pointer, pointer, pointer)
        self.by_name = _typed(core.gst_bin_get_by_name, pointer, pointer, ctypes.c_char_p)
        self.base_time = _typed(core.gst_element_get_base_time, big, pointer)
        self.clock = _typed(core.gst_element_get_clock, pointer, pointer)
        self.clock_time = _typed(core.gst_clock_get_time, big, pointer)
        self.sample_buffer = _typed(core.gst_sample_get_buffer, pointer, pointer)
        self.sample_segment = _typed(core.gst_sample_get_segment, pointer, pointer)
        self.running_time = _typed(core.gst_segment_to_running_time, big, pointer, number, big)
        self.buffer_size = _typed(core.gst_buffer_get_size, ctypes.c_size_t, pointer)
        self.extract = _typed(
            core.gst_buffer_extract, ctypes.c_size_t, pointer, ctypes.c_size_t, pointer, ctypes.c_size_t
        )
        self.unref_mini = _typed(core.gst_mini_object_unref, None, pointer)
        self.unref = _typed(core.gst_object_unref, None, pointer)
        self.pull = _typed(app.gst_app_sink_try_pull_sample, pointer, pointer, big)
        self.free_error = _typed(glib.g_error_free, None, pointer)
        self.free = _typed(glib.g_free, None, pointer)


def _typed(function: Any, result: Any, *arguments: Any) -> Any:
    function.restype, function.argtypes = result, list(arguments)
    return function


class RunningPipeline:
    """One pipeline; for one thread."""

    def __init__(self, gst: Gstreamer, description: str) -> None:
        """Raises PipelineFailed for an element that is not installed, and for what is no pipeline."""
        self._gst = gst
        gst.init(None, None)
        error = ctypes.c_void_p()
        self._pipeline = gst.parse((description + SINK_TEXT).encode("utf-8"), ctypes.byref(error))
        if error.value:  # a pipeline may come in spite of it, with a part left out
            raise self._failure(self._message(error), "")
        self._sink = gst.by_name(self._pipeline, SINK.encode("ascii"))
        self._bus = gst.bus(self._pipeline)
        self._clock: Optional[int] = None
        if gst.set_state(self._pipeline, _PLAYING) == _FAILED:
            raise self._reason() or PipelineFailed("the pipeline does not start")

    def next(self) -> Optional[bytes]:
        """A record of one frame, None when none came within a tenth of a second. Raises PipelineFailed."""
        sample = self._gst.pull(self._sink, _POLL_NS)
        if not sample:
            reason = self._reason()
            if reason is not None:
                raise reason
            return None
        try:
            return self._record(sample)
        finally:
            self._gst.unref_mini(sample)

    def _record(self, sample: int) -> bytes:
        gst = self._gst
        buffer = gst.sample_buffer(sample)
        arrived = time.monotonic()
        age = self._age(buffer, gst.sample_segment(sample))
        size = gst.buffer_size(buffer)
        data = ctypes.create_string_buffer(size)
        taken = gst.extract(buffer, 0, data, size)
        return HEADER.pack(FRAME, int((arrived - age) * 1e9), taken) + data.raw[:taken]

    def _age(self, buffer: int, segment: int) -> float:
        """Seconds since the source took the frame, by the pipeline's clock; 0 where the source does not say."""
        gst = self._gst
        pts = ctypes.c_uint64.from_address(buffer + _PTS_AT).value
        running = gst.running_time(segment, _TIME, pts) if pts != _NOTHING and segment else _NOTHING
        if self._clock is None:
            self._clock = gst.clock(self._pipeline)
        if running == _NOTHING or not self._clock:
            return 0.0
        age = (gst.clock_time(self._clock) - gst.base_time(self._pipeline) - running) / 1e9
        return float(age) if 0.0 <= age <= _OLDEST_S else 0.0

    def _reason(self) -> Optional[PipelineFailed]:
        gst = self._gst
        message = gst.pop(self._bus, 0, _ERROR)
        if message:
            error, debug = ctypes.c_void_p(), ctypes.c_void_p()
            gst.parse_error(message, ctypes.byref(error), ctypes.byref(debug))
            more = ctypes.string_at(debug.value).decode("utf-8", "replace") if debug.value else ""
            gst.free(debug)
            gst.unref_mini(message)
            return self._failure(self._message(error), more)
        if gst.pop(self._bus, 0, _END):
            return PipelineFailed("the stream is at its end")
        return None

    def _message(self, error: Any) -> str:
        found = ctypes.cast(error, ctypes.POINTER(_GlibError)).contents.message
        text = (found or b"").decode("utf-8", "replace")
        self._gst.free_error(error)
        return text

    @staticmethod
    def _failure(message: str, debug: str) -> PipelineFailed:
        last = debug.strip().splitlines()[-1].strip() if debug.strip() else ""
        text = "{} ({})".format(message, last) if last and last != message else message
        return PipelineFailed(text, package_of(text))

    def close(self) -> None:
        """Gives the camera back; a GigE camera is free for others once its element is gone."""
        self._gst.set_state(self._pipeline, _NULL)
        for thing in (self._clock, self._bus, self._sink, self._pipeline):
            if thing:
                self._gst.unref(thing)


def problem(failed: PipelineFailed) -> bytes:
    """The last record."""
    what: Dict[str, str] = {"found": str(failed), "next_step": failed.next_step}
    data = json.dumps(what).encode("utf-8")
    return HEADER.pack(PROBLEM, 0, len(data)) + data


def serve(source: BinaryIO, sink: BinaryIO) -> int:
    """Frames until the input ends (0), or the pipeline does (1)."""
    description = json.loads(source.readline().decode("utf-8"))["pipeline"]
    over = threading.Event()
    threading.Thread(target=_watch, args=(source, over), daemon=True).start()
    pipeline: Optional[RunningPipeline] = None
    try:
        pipeline = RunningPipeline(Gstreamer(), description)
        while not over.is_set():
            record = pipeline.next()
            if record is not None:
                sink.write(record)
                sink.flush()
        return 0
    except PipelineFailed as failed:
        sink.write(problem(failed))
        sink.flush()
        return 1
    finally:
        if pipeline is not None:
            pipeline.close()


def _watch(source: BinaryIO, over: threading.Event) -> None:
    """A driver that cannot end in time is left: nobody is there any more who waits for it."""
    while source.read(4096):
        pass
    over.set()
    time.sleep(_END_S)
    os._exit(1)


def main() -> int:
    """Standard output belongs to the frames: what libraries print there goes to standard error."""
    frames = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        return serve(os.fdopen(0, "rb", 0), frames)
    except BrokenPipeError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
