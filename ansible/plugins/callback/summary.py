"""Callback `summary`: a table and a JSON report at the end of a run; the work is in fleet/plays/run_report.py."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from ansible import context
from ansible.plugins.callback import CallbackBase

sys.path.append(str(Path(__file__).resolve().parents[3]))
from fleet.plays.run_report import RunReport, summary, write

DOCUMENTATION = """
name: summary
type: aggregate
short_description: a table of hosts and roles, the rules that do not hold, and a JSON report
description: The report is written as PLAYBOOK.json into the folder of the option.
options:
  folder:
    description: where the JSON report is written
    type: path
    required: true
    env: [{name: NANO_OCR_REPORTS}]
    ini: [{section: summary, key: folder}]
"""
SURVEY = "survey"


class CallbackModule(CallbackBase):
    """Measures the time of tasks and collects the answers of hosts."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "summary"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._report = RunReport("")
        self._start: dict[str, float] = {}

    def v2_playbook_on_start(self, playbook: Any) -> None:
        self._report = RunReport(Path(playbook._file_name).name, bool(context.CLIARGS.get("check")))

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        self._start[host.get_name() + task._uuid] = time.monotonic()

    def v2_runner_on_ok(self, result: Any) -> None:
        self._record(result, "ok")

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._record(result, "ignored" if ignore_errors else "failed")

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._record(result, "unreachable")

    def _record(self, result: Any, outcome: str) -> None:
        host, task = result._host.get_name(), result._task
        started = self._start.pop(host + task._uuid, time.monotonic())
        if task.action == SURVEY and outcome == "ok":
            self._report.survey(host, result._result)
            return
        role = task._role.get_name() if task._role else task.get_name()
        self._report.record(host, role, time.monotonic() - started, result._result, outcome)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        if not self._report.runs:
            return
        for line in ["", *summary(self._report, self._display.verbosity > 0), ""]:
            self._display.display(line)
        path = write(self._report, Path(self.get_option("folder")))
        self._display.display(f"report: {path}")
