"""Stand-in: pools limit the memory of a build, by their type."""

import enum

from ._settings import Settings


class MemoryPoolType(enum.IntEnum):
    WORKSPACE = 0


class IBuilderConfig(Settings):
    __slots__ = ("_pools",)

    def __init__(self):
        super().__init__()
        self._pools = {}

    def set_memory_pool_limit(self, pool, pool_size):
        self._pools[MemoryPoolType(pool)] = pool_size


def workspace_of(config):
    return config._pools.get(MemoryPoolType.WORKSPACE, 0)
