"""A scheduler of Dask and its workers on this computer, as ordinary processes of the environment `cluster`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from fleet.core.errors import ReplayMeasureError
from fleet.core.files import ROOT
from fleet.environments.steps import python_of

_READY_S = 60.0
_ENDS_S = 20.0


class LoopbackCluster:
    """``workers`` workers of one thread each; a killed one is started again by its nanny. Use as a context manager.

    ``address``: of the scheduler; ``folder``: for its file, logs and the workers' own space.
    """

    def __init__(self, folder: Path, workers: int) -> None:
        self._folder, self._count = folder, workers
        self._processes: list[subprocess.Popen[bytes]] = []
        self.address = ""

    def __enter__(self) -> LoopbackCluster:
        """Raises ReplayMeasureError where the environment is missing, or the scheduler does not start."""
        self._folder.mkdir(parents=True, exist_ok=True)
        told = self._folder / "scheduler.json"
        told.unlink(missing_ok=True)
        try:
            self._start(
                "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(told)
            )
            self.address = self._address(told)
            for _ in range(self._count):
                self._start("worker", self.address, "--nthreads", "1", "--host", "127.0.0.1", "--no-dashboard")
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: Any) -> None:
        self._end()

    def _start(self, *words: str) -> None:
        python = python_of("cluster", ROOT)
        if not python.is_file():
            raise ReplayMeasureError("the environment cluster is not built", str(python), "./inv envs --name cluster")
        environ = dict(os.environ, PYTHONPATH=str(ROOT), DASK_TEMPORARY_DIRECTORY=str(self._folder / "space"))
        command = [str(python), "-m", "distributed.cli.dask_" + words[0], *words[1:]]
        with (self._folder / f"{words[0]}-{len(self._processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=self._folder, env=environ, stdout=log, stderr=log, start_new_session=True
            )
        self._processes.append(process)

    def _address(self, told: Path) -> str:
        until = time.monotonic() + _READY_S
        while time.monotonic() < until and self._processes[0].poll() is None:
            try:
                return str(json.loads(told.read_text(encoding="utf-8"))["address"])
            except (OSError, ValueError):
                time.sleep(0.1)
        raise ReplayMeasureError("the scheduler of Dask does not start", "its address", str(self._folder))

    def worker_pids(self) -> list[int]:
        """The ids of the processes that read for the workers: the children of their nannies."""
        nannies = {process.pid for process in self._processes[1:]}
        found = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(") ")[2].split()
                command = (path.parent / "cmdline").read_bytes()
            except OSError:
                continue  # it has ended
            if int(fields[1]) in nannies and b"spawn_main" in command:
                found.append(int(path.parent.name))
        return sorted(found)

    def _end(self) -> None:
        for process in reversed(self._processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in reversed(self._processes):
            try:
                process.wait(_ENDS_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._processes = []
