"""Five minutes in which collector, broker and database are killed at random, one at a time or together, at any moment.

The seed is said, so that a run can be repeated; docs/results/site-kills.log has the last one.
"""

import os
import random
import time

import pytest

from fleet.core.errors import SiteError
from fleet.site.proof import faults
from fleet.site.proof.boards import BoardRhythm, JournalledBoard
from fleet.site.proof.engines import programs
from fleet.site.proof.faults import ProvedSite
from tests.conftest import absent

SECONDS = float(os.environ.get("SITE_KILLS_S", "300"))


def test_nothing_is_lost_or_doubled_under_kills_at_random(tmp_path, capsys):
    try:
        programs()
    except SiteError:
        absent("PostgreSQL", "apt-get install postgresql")
    seed = int(os.environ.get("SITE_KILLS_SEED", str(random.randrange(10**6))))
    chance, counts = random.Random(seed), {}
    with ProvedSite(tmp_path / "site") as site:
        boards = [JournalledBoard(tmp_path / "boards", f"line-{n + 1}", site.broker.port) for n in range(10)]
        rhythm = BoardRhythm(boards, 10.0).start()
        try:
            until = time.monotonic() + SECONDS
            while time.monotonic() < until:
                kind = chance.choice(("collector", "broker", "database", "all three"))
                faults.kills(site, chance.uniform(0.0, 4.0))[kind]()
                counts[kind] = counts.get(kind, 0) + 1
                time.sleep(chance.uniform(0.0, 4.0))
            rhythm.end()
            took = site.wait_complete({board.name: board.last for board in boards})
        finally:
            rhythm.end()
            for board in boards:
                board.end()
        found = faults.compare(site, [row for board in boards for row in board.rows()])
    with capsys.disabled():
        print(f"\nseed {seed}; {SECONDS:g} s; killed: {counts}; complete {took:.1f} s after the last part; {found}")
    assert found["journalled"] == found["stored"] > 100
    assert (found["lost"], found["doubled"], found["unknown"], found["otherwise"]) == (0, 0, 0, 0)


@pytest.fixture(autouse=True)
def quiet(caplog):
    """Five minutes of kills say a lot; the last line says it all."""
    caplog.set_level("ERROR")
