"""What the process behind a reader promises, tried in this process and as a real one."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from ocr_app.core.errors import DeviceUnavailable
from ocr_app.core.types import ReaderInfo, TextLine
from ocr_app.opening.worker import Worker
from ocr_app.readers import registry
from ocr_app.readers.contract import Probe, Reader, ReaderOptions
from ocr_app.workers import environments, protocol
from ocr_app.workers.child import Child
from ocr_app.workers.remote import RemoteReader

TALKATIVE = r"""
import os, sys
import numpy as np
from ocr_app.readers import registry
from ocr_app.opening import worker
from ocr_app.workers.program import run
from ocr_app.readers.contract import Reader
from ocr_app.core.types import ReaderInfo, TextLine

class Talkative(Reader):
    info = ReaderInfo("ppocr", "Talk 1", "cpu", "fp32")
    def read(self, image, timer=None):
        print("to Python's standard output")
        os.write(1, b"to descriptor 1, as C libraries do\n")
        os.system("echo from a program started by the reader")
        return [TextLine("heard " + repr(os.read(0, 10)), np.zeros((4, 2), np.float32), 1.0)]

class Module:
    open_reader = staticmethod(lambda options: Talkative())

registry.module_of = lambda spec: Module
run(worker.Worker())
"""

PARENT = r"""
import os, sys, time
from ocr_app.workers import environments
from ocr_app.workers.child import Child
child = Child(environments.worker_command(sys.executable), environments.child_environ(1))
child.hello(30)
print(child.pid, flush=True)
time.sleep(60)
"""


class Module:
    """A reader's module whose reader does what the test wants."""

    def __init__(self, read, probe=None):
        self._read, self._probe = read, probe
        self.closed = []

    def probe(self):
        return self._probe

    def open_reader(self, options):
        if options.device == "cuda":
            raise DeviceUnavailable("no cuda here")
        module = self

        class Own(Reader):
            info = ReaderInfo("ppocr", "Own 1", options.device, options.precision)

            def read(self, image, timer=None):
                timer.add("detect", 1.5)
                return module._read(image)

            def close(self):
                module.closed.append(True)

        return Own()


@pytest.fixture
def worker_of(monkeypatch):
    def make(module):
        monkeypatch.setattr(registry, "module_of", lambda spec: module)
        return Worker()

    return make


def ask(worker, verb, **fields):
    line = protocol.encode_message(protocol.request(1, verb, **fields))
    return json.loads(worker.answer(line).decode("ascii"))


def opened(worker, **options):
    return ask(worker, "open", reader="ppocr", options=protocol.encode_options(ReaderOptions(**options)))


def test_a_request_of_each_kind_is_answered(worker_of, image):
    module = Module(lambda found: [TextLine("A", np.zeros((4, 2), np.float32), 1.0)], Probe((), ("cpu",), (), ()))
    worker = worker_of(module)
    assert opened(worker)["result"]["engine"] == "Own 1"
    answer = ask(worker, "read", image=protocol.encode_image(image))["result"]
    assert (answer["lines"][0]["text"], answer["timing_ms"]) == ("A", {"detect": 1.5})
    assert ask(worker, "probe", reader="ppocr")["result"]["devices"] == ["cpu"]
    assert ask(worker, "close")["result"] is None
    assert (worker.closed, module.closed) == (True, [True])


def test_errors_keep_their_type(worker_of):
    assert opened(worker_of(Module(None)), device="cuda")["error"]["type"] == "DeviceUnavailable"


@pytest.mark.parametrize("error", [ValueError("odd"), SystemExit(0), MemoryError()])
def test_whatever_a_library_raises_is_an_answer(worker_of, image, error):
    def read(found):
        raise error

    worker = worker_of(Module(read))
    opened(worker)
    assert ask(worker, "read", image=protocol.encode_image(image))["error"]["type"] == "ReaderFailed"


def test_a_confidence_that_is_no_number_is_an_error_not_garbage(worker_of, image):
    worker = worker_of(Module(lambda found: [TextLine("A", np.zeros((4, 2), np.float32), float("nan"))]))
    opened(worker)
    assert ask(worker, "read", image=protocol.encode_image(image))["error"]["type"] == "ReaderFailed"


@pytest.mark.parametrize("line", [b"rubbish\n", b'{"id": 1, "verb": "dance"}\n', b'{"id": 1, "verb": "read"}\n'])
def test_a_request_that_makes_no_sense_is_answered(worker_of, line):
    answer = json.loads(worker_of(Module(None)).answer(line).decode("ascii"))
    assert answer["error"]["code"] == "garbage"


def test_opening_again_closes_the_reader_before(worker_of):
    module = Module(None)
    worker = worker_of(module)
    opened(worker)
    opened(worker)
    assert module.closed == [True]


def test_what_a_library_prints_cannot_break_the_protocol(tmp_path, image):
    script = tmp_path / "talkative.py"
    script.write_text(TALKATIVE)
    command = [sys.executable, str(script)]
    with RemoteReader("ppocr", ReaderOptions(), command, environments.child_environ(1)) as reader:
        for _ in range(2):
            assert reader.read(image)[0].text == "heard b''"


def test_the_process_ends_when_its_input_does():
    command = environments.worker_command(sys.executable)
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environments.child_environ(1))
    _, said = process.communicate(b"", timeout=30)
    assert (process.returncode, said) == (0, b"")


def test_no_process_is_left_when_the_caller_is_killed(is_gone):
    environ = environments.child_environ(1)
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, env=environ) as parent:
        pid = int(parent.stdout.readline())
        parent.kill()
    assert is_gone(pid, 15)


def test_it_greets_with_its_python():
    child = Child(environments.worker_command(sys.executable), environments.child_environ(1))
    hello = child.hello(30)
    child.close()
    assert hello == protocol.WorkerHello("nano-ocr/worker/1", environments.python_version())


def test_the_caller_s_python_settings_do_not_reach_it(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/somewhere/else")
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    environ = environments.child_environ(3)
    assert environ["PYTHONPATH"] == environments.repository()
    assert "PYTHONHOME" not in environ
    limits = [environ["OMP_" + name] for name in ("NUM_THREADS", "THREAD_LIMIT", "WAIT_POLICY")]
    assert limits == ["3", "3", "PASSIVE"]
    assert os.environ["PYTHONPATH"] == "/somewhere/else"
