"""Runs the node's own agent, and pauses for ever once EVENT is in its journal: there the test cuts the power.

python3.6 pause.py EVENT VERB... ; pauses once, until the file `reached` is removed. Nothing else changes.
"""

import os
import sys
import time

from node_agent import cli
from node_agent.release import Agent

REACHED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "reached")
write = Agent.record


def record(self, event, **values):
    state = write(self, event, **values)
    if event == sys.argv[1] and not os.path.exists(REACHED):
        open(REACHED, "w").close()
        while True:
            time.sleep(1)
    return state


Agent.record = record
sys.exit(cli.main(sys.argv[2:]))
