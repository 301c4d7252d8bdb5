"""Stand-in: the settings of a build, without the limit of its scratch memory, which differs between versions."""

from ._types import BuilderFlag


class ITimingCache:
    __slots__ = ("_data",)

    def __init__(self, data):
        self._data = data

    def serialize(self):
        return memoryview(self._data or b"stand-in timing cache")


class Settings:
    __slots__ = ("_flags", "_profiles", "_timing")

    def __init__(self):
        self._flags, self._profiles, self._timing = set(), [], ITimingCache(b"")

    def set_flag(self, flag):
        self._flags.add(BuilderFlag(flag))

    def add_optimization_profile(self, profile):
        if not profile._shapes:
            return -1
        self._profiles.append(profile)
        return len(self._profiles) - 1

    def create_timing_cache(self, serialized_timing_cache):
        return ITimingCache(bytes(serialized_timing_cache))

    def set_timing_cache(self, cache, ignore_mismatch):
        if cache._data and not cache._data.startswith(b"stand-in timing cache") and not ignore_mismatch:
            return False
        self._timing = cache
        return True

    def get_timing_cache(self):
        return self._timing
