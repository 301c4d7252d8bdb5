"""The process that reads old pictures: as that of the line, with the moment and the regions of each picture.

It is started from the package of the target, which may be another one than that of the caller: see COMMAND.
"""

import os
from typing import Any, Dict, List

from ocr_app.core import logs
from ocr_app.core.paths import HOME
from ocr_app.line.reading.program import ReadingProgram
from ocr_app.reading.frame import ReadOptions
from ocr_app.workers import protocol
from ocr_app.workers.program import run

MODULE = "ocr_app.replay.program"
_START = (
    "import runpy, sys; sys.path[0] = sys.argv.pop(1); "
    "runpy.run_module('{}', run_name='__main__', alter_sys=True)".format(MODULE)
)


def command(python: str, home: str) -> List[str]:
    """Starts the program from the package in ``home``; with ``-m``, that of the working folder would come first."""
    return [python, "-c", _START, home]


class ReplayProgram(ReadingProgram):
    """Tells where its package is, and takes regions with each picture."""

    def _open(self, message: protocol.Message) -> Dict[str, str]:
        return dict(super(ReplayProgram, self)._open(message), home=os.path.realpath(HOME))

    def _options_of(self, message: protocol.Message) -> ReadOptions:
        options, regions = super(ReplayProgram, self)._options_of(message), message.get("regions")
        if regions is None:
            return options
        found: Any = tuple(tuple(region) for region in regions)
        return options._replace(regions=found)


if __name__ == "__main__":
    logs.set_up()
    run(ReplayProgram())
