"""Messages as boards send them."""

import json
import random
import time

from fleet.site.collecting import records
from fleet.site.proof.boards import invented
from fleet.site.store.writing import DeadLetter
from ocr_app.line.outputs.mqtt import message_of

WALL = time.time()
"""The trigger of every part here: as in a journal, a part that comes again has the time that it had."""


def row(number=1, board="line-1", boot="0123456789ab", **changes):
    made = invented(board, boot, number, random.Random(number), rejects=0.5)
    return made._replace(**{"wall": WALL, **changes})


def payload(number=1, previous="before", **changes):
    before = number - 1 if previous == "before" and number > 1 else None if previous == "before" else previous
    return message_of(row(number, **changes), before).encode("utf-8")


def changed(**changes):
    return json.dumps({**json.loads(payload()), **changes}).encode("utf-8")


def record(number=1, previous="before", board="line-1", **changes):
    return records.parse(f"nano-ocr/{board}/part", payload(number, previous, board=board, **changes), "nano-ocr")


def letters(*parsed):
    return [(DeadLetter(f"nano-ocr/{each.board}/part", b"{}", ""), each) for each in parsed]
