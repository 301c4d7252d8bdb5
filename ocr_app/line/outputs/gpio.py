"""Pins of a board: what the line needs of them, and the library Jetson.GPIO behind it."""

import abc
from typing import Any, Callable

from ocr_app.core.errors import ServiceError

LOW, HIGH = False, True


class GpioPins(abc.ABC):
    """Pins by their number on the header of the board."""

    @abc.abstractmethod
    def make_output(self, pin: int) -> None:
        """The pin is an output from now on, and low."""

    @abc.abstractmethod
    def write(self, pin: int, level: bool) -> None:
        """Sets an output."""

    @abc.abstractmethod
    def watch(self, pin: int, edge: str, changed: Callable[[], None]) -> None:
        """The pin is an input; ``changed`` is called at each "rising" or "falling" edge, in a thread of the library."""

    @abc.abstractmethod
    def close(self) -> None:
        """Gives the pins back; outputs are low before."""


class JetsonPins(GpioPins):
    """Jetson.GPIO 2, numbering BOARD. It ran here against a stand-in of that library only, and on no board."""

    def __init__(self) -> None:
        """Raises ServiceError where the library is missing, or finds no Jetson."""
        try:
            from Jetson import GPIO
        except Exception as error:  # besides ImportError, the library raises its own where the model is unknown
            found = "reject.gpio: jetson needs Jetson.GPIO on a Jetson: {!r}".format(error)
            raise ServiceError(
                found, "the package Jetson.GPIO, and rights on /dev/gpiochip0", "pip install Jetson.GPIO"
            )
        self._gpio: Any = GPIO
        self._gpio.setmode(self._gpio.BOARD)

    def make_output(self, pin: int) -> None:
        self._gpio.setup(pin, self._gpio.OUT, initial=self._gpio.LOW)

    def write(self, pin: int, level: bool) -> None:
        self._gpio.output(pin, self._gpio.HIGH if level else self._gpio.LOW)

    def watch(self, pin: int, edge: str, changed: Callable[[], None]) -> None:
        self._gpio.setup(pin, self._gpio.IN)
        kind = self._gpio.RISING if edge == "rising" else self._gpio.FALLING
        self._gpio.add_event_detect(pin, kind, callback=lambda _: changed())

    def close(self) -> None:
        self._gpio.cleanup()
