"""A camera behind GStreamer, in a process of its own that may crash, hang or fall silent: then the camera is lost.

Frames are taken off the process at once, by a thread. When the line cannot take them as fast, the oldest one is dropped
and counted: a camera does not wait.
"""

import collections
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import IO, Any, Callable, Deque, List, Optional

from PIL import Image

from ocr_app.core.errors import ServiceError
from ocr_app.line.settings.camera import CameraSettings
from ocr_app.line.sources.contract import CameraLost, CapturedFrame, FrameSource
from ocr_app.line.sources.gstreamer import FRAME, HEADER, PROBLEM
from ocr_app.line.sources.pipelines import describe
from ocr_app.workers.child import StreamTail
from ocr_app.workers.environments import child_environ

COMMAND = [sys.executable, "-m", "ocr_app.line.sources.gstreamer"]
LONGEST = 256 << 20
"""Bytes of one frame at most; a longer record is garbage."""
_END_S = 1.0
_LOOK_S = 0.1


class CameraProcess:
    """The process of one opening, and the frames that came from it."""

    def __init__(self, command: List[str], pipeline: str, waiting: int) -> None:
        """Raises CameraLost where no process can be started."""
        pipe = subprocess.PIPE
        try:
            self._process = subprocess.Popen(
                command, stdin=pipe, stdout=pipe, stderr=pipe, env=child_environ(1), start_new_session=True
            )
        except OSError as error:
            raise CameraLost("cannot start {}: {}".format(command[0], error)) from error
        self._changed = threading.Condition()
        self._frames: Deque[Any] = collections.deque()
        self._waiting, self._dropped, self._over = waiting, 0, ""
        self._said = StreamTail(self._stream(self._process.stderr))
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        try:
            stream = self._stream(self._process.stdin)
            stream.write(json.dumps({"pipeline": pipeline}).encode("utf-8") + b"\n")
            stream.flush()
        except OSError:
            pass  # it ended already; the thread that reads says why

    @staticmethod
    def _stream(stream: Optional[IO[bytes]]) -> IO[bytes]:
        assert stream is not None
        return stream

    @property
    def pid(self) -> int:
        """For messages and tests."""
        return self._process.pid

    def _read(self) -> None:
        stream = self._stream(self._process.stdout)
        why = ""
        while not why:
            why = self._read_record(stream)
        with self._changed:
            self._over = why
            self._changed.notify_all()

    def _read_record(self, stream: IO[bytes]) -> str:
        """Why there will be no other one; empty after a frame."""
        head = stream.read(HEADER.size)
        if len(head) < HEADER.size:
            return self._death()
        kind, nanoseconds, length = HEADER.unpack(head)
        if kind not in (FRAME, PROBLEM) or length > LONGEST:
            return "its process sends garbage"
        data = stream.read(length)
        if len(data) < length:
            return self._death()
        if kind == PROBLEM:
            what = json.loads(data.decode("utf-8"))
            return "; ".join(text for text in (what["found"], what["next_step"]) if text)
        with self._changed:
            if len(self._frames) >= self._waiting:
                self._frames.popleft()
                self._dropped += 1
            self._frames.append((nanoseconds / 1e9, data))
            self._changed.notify_all()
        return ""

    def _death(self) -> str:
        try:
            status = self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            return "its process has closed its output"
        said = self._said.text()
        return "its process ended with status {}{}".format(status, ":\n" + said if said else "")

    def next(self, wait_s: float) -> Any:
        """(seconds of the monotonic clock, bytes), None when nothing came. Raises CameraLost."""
        with self._changed:
            if not self._frames and not self._over:
                self._changed.wait(wait_s)
            if self._frames:
                return self._frames.popleft()
            if self._over:
                raise CameraLost(self._over)
        return None

    def take_dropped(self) -> int:
        """How many were dropped since this was last asked."""
        with self._changed:
            dropped, self._dropped = self._dropped, 0
        return dropped

    def close(self) -> None:
        """Lets it give the camera back, and kills it when that takes longer than a second."""
        try:
            self._stream(self._process.stdin).close()
        except OSError:
            pass
        self._wait()
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._wait()  # one that is held in the kernel by its driver is left to it
        self._thread.join(_END_S)
        self._said.finish(_END_S)
        if not self._thread.is_alive():
            self._stream(self._process.stdout).close()

    def _wait(self) -> None:
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            pass


class CameraSource(FrameSource):
    """``password``: gives the password of the stream, each time it is opened."""

    def __init__(
        self,
        kind: str,
        settings: CameraSettings,
        password: Callable[[], str],
        now: Callable[[], float] = time.monotonic,
        command: Optional[List[str]] = None,
    ) -> None:
        self._kind, self._settings, self._password, self._now = kind, settings, password, now
        self._command = command or COMMAND
        self._process: Optional[CameraProcess] = None
        self._number, self._dropped = 0, 0
        self._last_frame = 0.0
        self._is_delivering = False
        self._picture, self._since, self._is_frozen = b"", 0.0, False

    def open(self) -> None:
        """Starts the process; the first frame has ``open_s`` to come."""
        try:
            pipeline = describe(self._kind, self._settings, self._password())
        except ServiceError as error:
            raise CameraLost(error.message().replace("\n  ", "; ")) from error
        self._last_frame, self._is_delivering = self._now(), False
        self._process = CameraProcess(self._command, pipeline, self._settings.waiting)

    def next(self, wait_s: float) -> Optional[CapturedFrame]:
        assert self._process is not None, "open() comes first"
        found = self._process.next(wait_s)
        if found is None:
            self._check_silence()
            return None
        captured, data = found
        self._last_frame = self._now()
        if self._shows_frozen_picture(data):
            return None
        self._is_delivering = True
        self._number += 1
        return CapturedFrame(data, "{:06d}.jpg".format(self._number), captured - self._settings.latency_ms / 1000.0)

    def _check_silence(self) -> None:
        limit_s = self._settings.timeout_s if self._is_delivering else self._settings.open_s
        if self._now() - self._last_frame > limit_s:
            when = "" if self._is_delivering else " after the opening"
            raise CameraLost("no frame for {:g} s{}".format(limit_s, when))

    def _shows_frozen_picture(self, data: bytes) -> bool:
        """Whether the picture froze before the last opening, and still is. Raises CameraLost once it does."""
        if not self._settings.frozen_s:
            return False
        if data != self._picture:
            self._picture, self._since, self._is_frozen = data, self._now(), False
            return False
        if self._now() - self._since > self._settings.frozen_s:
            self._is_frozen, self._since = True, self._now()
            raise CameraLost("the same picture for {:g} s".format(self._settings.frozen_s))
        return self._is_frozen

    def take_dropped(self) -> int:
        """Also those of a process that is closed by now."""
        dropped, self._dropped = self._dropped, 0
        return dropped + (self._process.take_dropped() if self._process is not None else 0)

    def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.close()
            self._dropped += process.take_dropped()

    def check(self) -> str:
        """Takes one frame."""
        try:
            self.open()
            began = self._now()
            frame = None
            while frame is None:
                frame = self.next(_LOOK_S)
            return "{}: {} after {:.1f} s".format(self._kind, _shown(frame.data), self._now() - began)
        finally:
            self.close()


def _shown(data: bytes) -> str:
    """ "640x480, JPEG". Raises CameraLost for what is no picture."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return "{}x{}, {}".format(picture.size[0], picture.size[1], picture.format)
    except Exception as error:  # Pillow's decoders raise more than it documents
        raise CameraLost("the camera answers with {} bytes that are no picture".format(len(data))) from error
