"""A stand-in for the application that reads old pictures: real processes, whose verdicts the pictures themselves name.

It shares no code with the application. A picture is a JSON file: ``verdict`` and ``text`` are what is read in it;
``shifted`` is the verdict under a recipe whose text has the word "shift"; ``do`` is "kill", "hang" or "fail". With a
``once`` beside it, only the first process that reads the picture does that.
"""

import json
import os

PROGRAM = r"""
import json, os, signal, sys, time

home = os.path.realpath(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
told = {}


def say(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def first_time(path):
    try:
        os.close(os.open(path + ".done", os.O_CREAT | os.O_EXCL))
        return True
    except FileExistsError:
        return False


def read(request):
    path = request["path"]
    try:
        with open(path) as stream:
            picture = json.load(stream)
    except (OSError, ValueError):
        error = {"found": path + " is not an image"}
        return {"verdict": "error", "text": "", "reasons": ["not-an-image"], "error": error}
    does = picture.get("do")
    if does and ("once" not in picture or first_time(path)):
        if does == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if does == "hang":
            time.sleep(60)
    time.sleep(picture.get("seconds", 0))
    verdict = picture.get("shifted", picture["verdict"]) if "shift" in told["recipe"] else picture["verdict"]
    text = picture.get("text", "") + (" " + json.dumps(request["regions"]) if picture.get("tells") else "")
    text += " {} {}".format(request["moment"], request["expected"]) if picture.get("tells") else ""
    return {"verdict": verdict, "text": text, "reasons": picture.get("reasons", [])}


say({"id": 0, "result": {"protocol": "nano-ocr/worker/1", "python": "3.6.9"}})
for line in sys.stdin:
    request = json.loads(line)
    verb = request["verb"]
    if verb == "open":
        with open(request["recipe"]) as stream:
            told["recipe"] = stream.read()
        if "unopened" in told["recipe"]:
            words = {"type": "ModelError", "code": "model", "found": "no model", "expected": "", "next_step": ""}
            say({"id": request["id"], "error": words})
            continue
        if "crashes" in told["recipe"]:
            os.kill(os.getpid(), signal.SIGKILL)
        info = {"reader": "fake", "engine": "fake 1", "device": "cpu", "precision": "fp32", "home": home}
        say({"id": request["id"], "result": info})
    elif verb == "read":
        say({"id": request["id"], "result": read(request)})
    else:
        say({"id": request["id"], "result": True})
        break
"""
RECIPE = "name: a\nwitnesses: 1\ncodes: [{name: b, lines: [{name: c, fields: [{digits: 1, as: number}]}]}]\n"
OPENING = {
    "reader": "codes", "team": None, "budget_ms": None, "device": "cpu", "precision": "fp32", "threads": 1,
    "engine": "none", "packs": "", "preprocess": "raw", "limits": [10**6, 10**6, 4], "regions": [],
}  # fmt: skip


def write_home(folder):
    """The package that is started, in ``folder``; returns the folder."""
    for parts, text in (((), ""), (("replay",), "")):
        os.makedirs(os.path.join(str(folder), "ocr_app", *parts), exist_ok=True)
        with open(os.path.join(str(folder), "ocr_app", *(parts + ("__init__.py",))), "w") as stream:
            stream.write(text)
    with open(os.path.join(str(folder), "ocr_app", "replay", "program.py"), "w") as stream:
        stream.write(PROGRAM)
    return str(folder)


def write_recipe(path, word=""):
    """A recipe with a word for the stand-in; returns its path."""
    with open(str(path), "w") as stream:
        stream.write("# {}\n{}".format(word, RECIPE))
    return str(path)


def write_picture(path, verdict="pass", **more):
    """One picture."""
    with open(str(path), "w") as stream:
        json.dump(dict(more, verdict=verdict), stream)
    return str(path)
