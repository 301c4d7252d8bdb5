"""Stand-in: enumerations and small types."""

import enum


class BuilderFlag(enum.IntEnum):
    FP16 = 0
    OBEY_PRECISION_CONSTRAINTS = 10


class NetworkDefinitionCreationFlag(enum.IntEnum):
    EXPLICIT_BATCH = 0


class DataType(enum.IntEnum):
    FLOAT = 0
    HALF = 1
    INT32 = 3
    BOOL = 4


float32, float16 = DataType.FLOAT, DataType.HALF


class Logger:
    __slots__ = ("_severity",)
    WARNING = 2

    def __init__(self, severity=WARNING):
        self._severity = severity
