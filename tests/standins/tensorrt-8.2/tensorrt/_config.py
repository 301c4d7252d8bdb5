"""Stand-in: one number limits the scratch memory of a build."""

from ._settings import Settings


class IBuilderConfig(Settings):
    __slots__ = ("max_workspace_size",)

    def __init__(self):
        super().__init__()
        self.max_workspace_size = 0


def workspace_of(config):
    return config.max_workspace_size
