"""Pictures of rejects reach a store that goes away and comes back, across a kill; parts do not wait for it."""

from tests.line.conftest import HttpPeer, until


class Store(HttpPeer):
    """Keeps what it gets, by path."""

    METHOD = "PUT"

    def __init__(self):
        super().__init__()
        self.got = {}

    def take(self, path, headers, body):
        self.got[path] = body
        return 201


def test_a_store_that_goes_gets_every_picture_of_a_reject_and_holds_up_nothing(line, tmp_path):
    store = Store().start()
    line.frames([1, 1]).set(source={"rate_hz": 10})
    line.set(upload={"url": f"http://127.0.0.1:{store.port}/pictures", "retry_s": 0.1, "retry_most_s": 0.2})
    rejecting = {"FAKE_TEXT": "7BA"}
    served = line.start(environ=rejecting)
    until(lambda: len(store.got) > 3, "pictures")
    store.stop()
    served.degraded_by("picture_store_lost")
    before = line.count()
    until(lambda: line.count() > before + 10, "parts that go on")
    served.kill()
    served = line.start(environ=rejecting)
    store.start()
    until(lambda: len(store.got) > before + 10, "pictures after a kill")
    until(lambda: "picture_store_lost" not in served.health()["degraded"], "a store again")
    kept = line.rows("SELECT id FROM parts WHERE picture != '' ORDER BY number LIMIT ?", (before + 5,))
    until(lambda: {f"/pictures/test/{part}" for (part,) in kept} <= set(store.got), "each picture that is kept")
    assert served.end() == 0 and line.count("pass") == 0
    assert all(data.startswith((b"\x89PNG", b"\xff\xd8")) for data in store.got.values())
    store.stop()
