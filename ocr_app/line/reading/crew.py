"""All reading processes of the service: each has a supervisor, and they take images from one queue."""

import threading
from typing import Callable, List, Optional

from ocr_app.core.errors import OcrError
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.reading.jobs import JobQueue
from ocr_app.line.reading.supervisor import Supervisor
from ocr_app.line.settings.service import ServiceSettings


class ReadingCrew:
    """``settings.reader.processes`` processes. One that cannot go on ends all, as it ends the service.

    ``warm_image``: path of the image for the first readings; ``build``: builds engines, None not to build. The first
    process builds them, and the others look for them again.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        status: ServiceStatus,
        jobs: JobQueue,
        warm_image: str,
        build: Optional[Callable[[], None]] = None,
    ) -> None:
        self.stop = threading.Event()
        self._supervisors = [
            Supervisor(settings, status, jobs, warm_image, None if seat else build, seat, self.stop)
            for seat in range(settings.reader.processes)
        ]
        self._unexpected: List[BaseException] = []

    @property
    def error(self) -> Optional[OcrError]:
        """What ended the service, None after a stop that was asked for."""
        return next((each.error for each in self._supervisors if each.error is not None), None)

    def run(self) -> None:
        """Until ``stop``, or until a process cannot go on; all have ended then. Raises what was not expected."""
        threads = [threading.Thread(target=self._run_one, args=(each,), daemon=True) for each in self._supervisors]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._unexpected:
            raise self._unexpected[0]

    def _run_one(self, supervisor: Supervisor) -> None:
        try:
            supervisor.run()
        except Exception as error:
            self._unexpected.append(error)
