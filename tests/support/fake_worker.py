"""A stand-in for a reader's process: plain JSON lines, told on its command line how to behave.

It shares no code with the application, so that it checks the protocol as documented.
"""

import os
import sys

FAKE = r"""
import json, os, signal, subprocess, sys, time

state, plan = sys.argv[1], sys.argv[2].split(",")
with open(state, "a") as stream:
    stream.write("%d\n" % os.getpid())
starts = len(open(state).read().split())
behaviour = plan[min(starts, len(plan)) - 1]


def say(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def answer(request, text="ok"):
    line = {"text": text, "quad": [[0, 0], [8, 0], [8, 4], [0, 4]], "confidence": 0.5}
    say({"id": request["id"], "result": {"lines": [line], "timing_ms": {"detect": 2.0, "recognise": 1.0}}})


def error(request, kind, code):
    words = {"type": kind, "code": code, "found": "found it", "expected": "", "next_step": "do it"}
    say({"id": request["id"], "error": words})


answered = []


def read(request):
    # then-X answers the first image and does X at the second
    first = not answered
    answered.append(request["id"])
    if behaviour.startswith("then-") and first:
        answer(request)
    else:
        act(request, behaviour.replace("then-", ""))


def act(request, behaviour):
    if behaviour == "exit":
        sys.stderr.write("out of luck\n")
        sys.stderr.flush()
        os._exit(3)
    elif behaviour == "segfault":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif behaviour == "hang":
        time.sleep(60)
    elif behaviour == "family":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        with open(state + ".family", "w") as stream:
            stream.write(str(child.pid))
        time.sleep(60)
    elif behaviour == "late":
        time.sleep(1.0)
        answer(request, "stale")
    elif behaviour == "garbage":
        sys.stdout.write("Downloading the model, please wait\n")
        sys.stdout.flush()
    elif behaviour == "half":
        sys.stdout.write('{"id": 2, "result"')
        sys.stdout.flush()
        os._exit(0)
    elif behaviour == "wrong-id":
        answer(dict(request, id=request["id"] + 7))
    elif behaviour == "stop":
        answer(request)
        time.sleep(60)
    elif behaviour == "twice":
        answer(request)
        answer(request)
    elif behaviour == "bad-image":
        error(request, "ImageError", "too-small")
    elif behaviour == "inner-hang":
        error(request, "ReaderFailed", "hung")
    elif behaviour == "noise":
        sys.stderr.write("x" * 3000000)
        answer(request)
    elif behaviour == "shape":
        answer(request, repr(request["image"]["shape"]))
    else:
        answer(request)


protocol = "nano-ocr/worker/99" if behaviour == "future" else "nano-ocr/worker/1"
say({"id": 0, "result": {"protocol": protocol, "python": "3.6.9"}})
for line in sys.stdin:
    request = json.loads(line)
    if request["verb"] == "close":
        say({"id": request["id"], "result": None})
        break
    elif request["verb"] == "open" and behaviour == "no-device":
        error(request, "DeviceUnavailable", "device-unavailable")
    elif request["verb"] == "open":
        info = {"reader": "fake:one", "engine": "Fake 1.0", "device": "cpu", "precision": "fp32"}
        say({"id": request["id"], "result": info})
    elif request["verb"] == "probe":
        probe = {"versions": [["fake", "1.0"]], "devices": ["cpu"], "precisions": ["fp32"], "models": ["one"]}
        say({"id": request["id"], "result": dict(probe, problem=None, next_step="")})
    else:
        read(request)
"""


class Fake:
    """Where the stand-in is, how often it was started, and whether processes are gone."""

    def __init__(self, folder):
        self.script = os.path.join(str(folder), "fake_worker.py")
        self.state = os.path.join(str(folder), "starts")
        with open(self.script, "w") as stream:
            stream.write(FAKE)

    def command(self, plan):
        """``plan``: one behaviour per start, separated by commas; the last one stays."""
        return [sys.executable, self.script, self.state, plan]

    def pids(self):
        """Process ids of all starts so far."""
        with open(self.state) as stream:
            return [int(line) for line in stream]


def gone(pid):
    try:
        with open("/proc/{}/stat".format(pid)) as stream:
            return stream.read().rsplit(")", 1)[1].split()[0] == "Z"
    except (OSError, IOError):
        return True
