"""What `./inv fuzz` attacks: for each target how an input is made, and what happens to it.

Inputs are sound ones with damage: bytes that are changed, cut out, doubled, put in from other inputs.
"""

from __future__ import annotations

import io
import json
import random
import socket
import threading
from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np
from PIL import Image

from fleet.core.files import ROOT
from ocr_app import recipes
from ocr_app.core.errors import ReaderFailed
from ocr_app.datasets.loading import open_dataset
from ocr_app.imaging.load import Limits, load_image
from ocr_app.line.health import health_file
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.inputs.handler import RequestHandler
from ocr_app.line.inputs.intake import Intake
from ocr_app.line.inputs.server import HttpServer
from ocr_app.line.reading.jobs import JobQueue
from ocr_app.line.settings.service import ServiceSettings
from ocr_app.recipes.language.patterns import (
    PatternSettings,
    date_tokens,
    mask_tokens,
    parse_text,
    pattern_automaton,
    time_tokens,
)
from ocr_app.workers import protocol

_LIMITS = Limits(max_pixels=4_000_000, max_bytes=4_000_000)


class Target(ABC):
    """One thing that reads from outside."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @abstractmethod
    def make(self, chance: random.Random) -> bytes:
        """An input."""

    @abstractmethod
    def try_(self, case: bytes) -> str:
        """ "" when it is accepted, else why it is refused. Raises OcrError for a refusal too."""

    def close(self) -> None:  # noqa: B027 - most targets start nothing
        """Ends what was started."""


def damage(chance: random.Random, data: bytes, words: tuple[bytes, ...] = ()) -> bytes:
    """The input with up to eight changes."""
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        at, length = chance.randrange(len(found) + 1), chance.choice((1, 1, 2, 4, 16, 200))
        kind = chance.randrange(6)
        if kind == 0:
            found[at : at + length] = bytes(chance.randrange(256) for _ in range(length))
        elif kind == 1:
            del found[at : at + length]
        elif kind == 2:
            found[at:at] = found[at : at + length] * chance.choice((1, 2, 30))
        elif kind == 3:
            found[at:at] = chance.choice(words) if words else bytes(length)
        elif kind == 4 and found:
            found[at % len(found)] ^= 1 << chance.randrange(8)
        else:
            found[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x7f\xff\xff\xff", b"\x80"))
    return bytes(found)


class Images(Target):
    """Image files of every format."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._seeds = list(self._made())

    @staticmethod
    def _made() -> list[bytes]:
        pixels = np.random.RandomState(0).randint(0, 255, (40, 60, 3), np.uint8)
        found = []
        for mode in ("RGB", "L", "P", "1", "RGBA", "CMYK", "I;16"):
            image = Image.fromarray(pixels).convert("L").convert("I") if mode == "I;16" else Image.fromarray(pixels)
            image = image if mode == "I;16" else image.convert(mode)
            exif = Image.Exif()
            exif[0x0112] = 6
            for kind in ("JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP", "PPM", "JPEG2000"):
                stream = io.BytesIO()
                try:
                    image.save(stream, kind, exif=exif) if kind in ("JPEG", "PNG", "WEBP") else image.save(stream, kind)
                except (OSError, ValueError, KeyError):
                    continue  # this format does not have this mode
                found.append(stream.getvalue())
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, "MPO", save_all=True, append_images=[Image.fromarray(pixels)])
        return [*found, stream.getvalue()]

    def make(self, chance: random.Random) -> bytes:
        seed = chance.choice(self._seeds)
        if chance.random() < 0.1:
            other = chance.choice(self._seeds)
            seed = seed[: chance.randrange(len(seed))] + other[chance.randrange(len(other)) :]
        return damage(chance, seed)

    def try_(self, case: bytes) -> str:
        path = self.folder / "image"
        path.write_bytes(case)
        loaded = load_image(str(path), _LIMITS)
        assert loaded.pixels.dtype == np.uint8 and loaded.pixels.ndim in (2, 3), loaded.pixels.shape
        assert loaded.pixels.ndim == 2 or loaded.pixels.shape[2] == 3, loaded.pixels.shape
        return ""


class Recipes(Target):
    """Recipes as people write and break them."""

    _WORDS = tuple(
        word.encode()
        for word in (
            "lines:", "- ", "[", "]", "{", "}", "date: ", "lot: ", "time: ", "choice: ", "digits: ", "gs1: ",
            "either: ", "optional: ", "YYYY", "DDD", "WW", "MMM", "~", "'", '"', "<Y>", "years: ", "1-64", "AI",
            "now-2..now+10",
            "languages: [pl, tr]", "separators: [none]", "spaces: loose", "relations: [a = b + 3 days]", "&a", "*a",
            "!!x",
            "é", "\ufeff", "\u2028", "\t", "\x00", "expect: ", "as: ", "lookalikes: none", ": ", "#",
            "|", ">", "---",
        )
    )  # fmt: skip

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._seeds = [path.read_bytes() for path in sorted((ROOT / "recipes").glob("*.yaml"))]
        self._seeds.append(b"name: x\nlines:\n  - - {date: DD.MM.YYYY, as: a}\n    - {lot: \"'L'YYDDD\", as: b}\n")

    def make(self, chance: random.Random) -> bytes:
        seed = self._seeds[-1] if chance.random() < 0.7 else chance.choice(self._seeds)
        return damage(chance, seed, self._WORDS)

    def try_(self, case: bytes) -> str:
        recipes.loads(case.decode("utf-8", "replace"), "fuzz.yaml")
        return ""


class Patterns(Target):
    """Patterns of dates, times and lots: each text that one prints has to mean something."""

    _PIECES = (
        "YYYY", "YY", "Y", "MMMM", "MMM", "MM", "M", "DDD", "DD", "D", "WW", "BBBB", "BB", "GYY", "GY", "~", ".", "/",
        "-", " ", "'T'", "HH", "H", "SS", "AM", "NN", "A", "9", "X", "[A-F]", "[LK]", "'", "[", "]", "<Y>", "<M>",
        "<S>",
        "%d", "%Y", "JJ", "é", "[9-0]", "x",
    )  # fmt: skip
    _SETTINGS = PatternSettings(
        2018, 2027, ("en", "pl"), year_letters="ABCDEFGHJK", year_letters_from=2020, month_letters="123456789OND"
    )

    def make(self, chance: random.Random) -> bytes:
        kind = chance.choice("dtl")
        return (kind + "".join(chance.choice(self._PIECES) for _ in range(chance.randrange(1, 7)))).encode()

    def try_(self, case: bytes) -> str:
        text = case.decode()
        tokens = {"d": date_tokens, "t": time_tokens, "l": mask_tokens}[text[0]](text[1:])
        automaton = pattern_automaton(tokens, self._SETTINGS)
        state, printed, chance = automaton.start, "", random.Random(text)
        while not automaton.final[state] or (automaton.arcs[state] and chance.random() < 0.7):
            if not automaton.arcs[state]:
                return "prints nothing"
            character = chance.choice(sorted(automaton.arcs[state]))
            printed, state = printed + character, automaton.arcs[state][character]
        assert parse_text(tokens, self._SETTINGS, printed) is not None, f"{text!r} prints {printed!r}"
        return ""


class Tables(Target):
    """Label files of every format."""

    _SEEDS = (
        ("labels.tsv", 'filename\ttext\tsplit\na.png\tMÄRZ "12"\tx\nb.png\tL 1\ty\n'.encode()),
        ("labels.csv", '\ufefffilename;text\r\na.png;"A;1"\r\n'.encode("utf-16")),
        ("rec_gt.txt", b"a.png\tL 12\nb.png\tEXP\n"),
        ("Label.txt", b'a.png\t[{"transcription": "A", "points": [[1, 2], [3, 4], [5, 6], [7, 8]]}]\n'),
        ("gt_a.txt", b'1,2,3,4,5,6,7,8,EXP\n1, 2, 3, 4, "###"\n'),
        ("photos.json", b'{"a.png": {"width": 9, "height": 9, "lines": [{"text": "A", "quad": [1,2,3,4,5,6,7,8]}]}}'),
        (
            "manifest.json",
            b'{"format": "nano-codes/1", "images": [{"id": "1", "image": "a.png", "code": "A", "box": [1,2,3,4]}]}',
        ),
        ("dataset.json", b'{"1": {"img_path": "a.png", "code": "A"}}'),
    )
    _WORDS = (
        b"\t",
        b"\n",
        b"\r",
        b";",
        b",",
        b'"',
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"[",
        b"{",
        b"sep=;\n",
        b"../",
        b"\x00",
        b"1e999",
        b"NaN",
    )

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._names = {name: folder / f"set-{name}" for name, _ in self._SEEDS}
        for place in self._names.values():
            place.mkdir()
            for name in ("a.png", "b.png"):
                (place / name).write_bytes(b"x")

    def make(self, chance: random.Random) -> bytes:
        name, seed = chance.choice(self._SEEDS)
        return name.encode() + b"\0" + damage(chance, seed, self._WORDS)

    def try_(self, case: bytes) -> str:
        name, _, data = case.partition(b"\0")
        file = self._names[name.decode()] / name.decode()
        file.write_bytes(data)
        open_dataset(str(file))
        return ""


class Messages(Target):
    """The line protocol between the service and its readers."""

    _SEEDS = (
        b'{"id":0,"result":{"protocol":"nano-ocr/worker/1","python":"3.6.9"}}\n',
        b'{"id":3,"error":{"type":"ImageError","code":"empty","found":"x","expected":"","next_step":""}}\n',
        b'{"id":4,"result":{"lines":[{"text":"A","quad":[[1,2],[3,4],[5,6],[7,8]],"confidence":0.5,"member":"a","agreed":'
        b'["b"],"others":[{"member":"c","text":"B","confidence":0.1}]}],"timing_ms":{"detect":1.5},"notes":["x"]}}\n',
        b'{"id":5,"result":{"shape":[2,2],"dtype":"uint8","data":"AAAAAA=="}}\n',
        b'{"id":6,"result":{"device":"cpu","precision":"fp32","threads":2,"model":null,"budget_ms":null}}\n',
        b'{"id":7,"result":{"versions":[["a","1"]],"devices":["cpu"],"precisions":["fp32"],"models":[],"problem":null,'
        b'"next_step":""}}\n',
    )
    _WORDS = (b"null", b"1e999", b"NaN", b"-1", b"[]", b"{}", b'""', b"true", b'"\\ud800"', b"9" * 30, b"[" * 3000)

    def make(self, chance: random.Random) -> bytes:
        return damage(chance, chance.choice(self._SEEDS), self._WORDS)

    def try_(self, case: bytes) -> str:
        message = protocol.decode_message(case)
        result, error = protocol.outcome_of(message, message["id"])
        if error is not None:
            return "an error of the reader"
        decoders = (
            protocol.decode_answer, protocol.decode_image, protocol.decode_options, protocol.decode_probe,
            protocol.decode_info,
        )  # fmt: skip
        refused = []
        for decode in decoders:
            try:
                decode(result)
            except ReaderFailed as failure:
                refused.append(failure)
        return "garbage" if len(refused) == len(decoders) else ""


class Requests(Target):
    """HTTP: the real server, with a thread in place of the reading process."""

    _IMAGE = b"\x89PNG" + bytes(60)
    _HEADS = (
        b"POST /read?name=a.png HTTP/1.1\r\nHost: x\r\nContent-Length: 64\r\n\r\n" + _IMAGE,
        b"POST /read HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 64\r\n\r\n" + _IMAGE,
        b"POST /read HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=X\r\nContent-Length: 145\r\n\r\n--X\r\n"
        b'Content-Disposition: form-data; name="f"; filename="a.png"\r\n\r\n' + _IMAGE + b"\r\n--X--\r\n",
        b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n",
        b"HEAD /metrics HTTP/1.0\r\n\r\n",
        b"PUT /ready HTTP/1.1\r\nHost: x\r\n\r\n",
    )
    _WORDS = (
        b"\r\n", b"\n", b"\r\n\r\n", b": ", b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"--X", b"%00",
        b"%ff", b"Expect: 100-continue\r\n", b"HTTP/9.9", b"..", b"\x00", b"Origin: x\r\n", b"/",
        b"X-Image-Name: \xff\r\n",
    )  # fmt: skip

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._stop, status, jobs = threading.Event(), ServiceStatus(), JobQueue(8)
        status.enter(health_file.READING)
        intake = Intake(ServiceSettings(), status, jobs, "fuzz", lambda: 1, self._stop.is_set)
        self._server = HttpServer(("127.0.0.1", 0), RequestHandler, intake, 2.0)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        threading.Thread(target=self._read, args=(jobs,), daemon=True).start()

    def _read(self, jobs: JobQueue) -> None:
        while not self._stop.is_set():
            job = jobs.take(0.1)
            if job is not None:
                Path(job.path).read_bytes()
                job.finish({"image": job.name, "text": "", "verdict": "no-read", "reasons": []})

    def make(self, chance: random.Random) -> bytes:
        head = chance.choice(self._HEADS)
        return head if chance.random() < 0.05 else damage(chance, head, self._WORDS)

    def try_(self, case: bytes) -> str:
        """The answer has to be one of HTTP; its status is why it is refused."""
        with socket.create_connection(("127.0.0.1", self._server.server_port), timeout=20) as caller:
            try:
                caller.sendall(case)
                caller.shutdown(socket.SHUT_WR)
                answer = b"".join(iter(lambda: caller.recv(65536), b""))
            except ConnectionError:
                return "disconnected"
        answer = answer.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b"")
        if not answer:
            assert not case.strip(), "no answer"
            return "nothing was asked"
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 "), head[:80]
        status = int(head[9:12])
        assert status != 500, body
        if b"json" in head and body:
            json.loads(body.decode("utf-8"))
        return "" if status == 200 else str(status)

    def close(self) -> None:
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()


TARGETS: dict[str, type[Target]] = {
    "images": Images,
    "recipes": Recipes,
    "patterns": Patterns,
    "tables": Tables,
    "messages": Messages,
    "requests": Requests,
}
