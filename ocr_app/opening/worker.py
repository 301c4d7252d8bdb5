"""One reader in its own process: ``python -m ocr_app.opening.worker``, which ``workers.remote`` drives."""

from typing import Any, Dict, Optional

from ocr_app.opening.engine_kinds import NO_ENGINE
from ocr_app.opening.named import open_here
from ocr_app.readers import registry
from ocr_app.readers.contract import Probe, Reader, Timer
from ocr_app.readers.registry import ReaderName
from ocr_app.workers import protocol
from ocr_app.workers.program import Program, Verb, run


class Worker(Program):
    """Holds at most one reader, which runs in this process."""

    def __init__(self) -> None:
        self._reader: Optional[Reader] = None

    def verbs(self) -> Dict[str, Verb]:
        return {
            "open": self._open,
            "probe": self._probe,
            "read": self._read,
            "read_line": self._read,
            "close": self._close,
        }

    def _open(self, message: protocol.Message) -> Any:
        self._end()
        name, engine = str(message.get("reader")), str(message.get("engine", NO_ENGINE))
        options = protocol.decode_options(message.get("options"))
        self._reader = open_here(ReaderName(name, options.model, None), options, engine)
        return protocol.encode_info(self._reader.info)

    def _probe(self, message: protocol.Message) -> Any:
        probe: Probe = registry.module_of(registry.spec(str(message.get("reader")))).probe()
        return protocol.encode_probe(probe)

    def _read(self, message: protocol.Message) -> Any:
        if self._reader is None:
            raise protocol.garbage("{} before open".format(message["verb"]))
        timer = Timer()
        image = protocol.decode_image(message.get("image"))
        read = self._reader.read if message["verb"] == "read" else self._reader.read_line
        lines = read(image, timer)
        return protocol.encode_answer(protocol.WorkerAnswer(lines, timer.ms, tuple(timer.notes)))

    def _close(self, message: protocol.Message) -> Any:
        self._end()
        self.closed = True

    def _end(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()


if __name__ == "__main__":
    run(Worker())
