"""A webhook that is away, refuses and comes back: nothing is lost, and what comes twice has the same id."""

import hashlib
import hmac
import json

from tests.line.conftest import HttpPeer, until

SECRET = "not in any log"


class Program(HttpPeer):
    """Takes results; ``code``: what it answers."""

    def __init__(self):
        super().__init__()
        self.code, self.requests, self.forged = 200, [], 0

    def take(self, path, headers, body):
        wanted = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        self.forged += headers["X-Nano-Ocr-Signature"] != wanted
        self.requests.append((self.code, json.loads(body)))
        return self.code

    def taken(self):
        return [record["number"] for code, record in self.requests if code == 200]


def test_a_program_that_goes_and_refuses_gets_every_part_in_order(line, tmp_path):
    (tmp_path / "secret").write_text(SECRET + "\n")
    program = Program().start()
    url = f"http://127.0.0.1:{program.port}/parts"
    line.frames([1, 1]).set(source={"rate_hz": 20})
    line.set(webhook={"url": url, "secret_file": "secret", "retry_s": 0.1, "retry_most_s": 0.2})
    served = line.start()
    until(lambda: len(program.taken()) > 5, "results")
    program.stop()
    served.degraded_by("webhook_lost")
    before = line.count()
    until(lambda: line.count() > before + 10, "parts that go on")
    program.code = 503
    program.start()
    until(lambda: program.requests[-1][0] == 503, "a refusal")
    program.code = 200
    until(lambda: "webhook_lost" not in served.health()["degraded"], "a webhook again")
    served.kill()
    served = line.start()
    until(lambda: len(set(program.taken())) > before + 20, "results after a kill")
    assert served.end() == 0 and SECRET not in served.said()
    seen, numbers = [], program.taken()
    for number in numbers:
        if number not in seen:
            seen.append(number)
    assert seen == list(range(1, len(seen) + 1)), "in order, and none is left out"
    assert len(numbers) - len(seen) <= 1, "only the one that was under way at the kill comes twice"
    verdicts = dict(line.decided())
    assert all(record["verdict"] == verdicts[record["number"]] for _, record in program.requests)
    assert program.forged == 0
    program.stop()
