"""The verbs of `./inv images`."""

from __future__ import annotations

from pathlib import Path

from fleet.core.errors import ContainerImageError
from fleet.images import archives, building, checks, render, sizes
from fleet.images.packages import Say

VERBS = ("build", "test", "size", "save", "render")


def run(
    verb: str,
    only: list[str] | None = None,
    bases: str = "",
    arch: str = "",
    builder: str = "classic",
    cache: bool = True,
    rebuild: bool = False,
    publish: bool = False,
    to: str = "",
    say: Say = print,
) -> int:
    """Run one verb for the images called ``only``, or all. Raises what the verbs raise."""
    how = building.plan(bases, arch, builder, cache)
    if verb == "build":
        building.build(only, how, say)
    elif verb == "test":
        checks.test(only, say, arch)
    elif verb == "size":
        sizes.size(only, rebuild, publish, how, say)
    elif verb == "save":
        archives.save(only, Path(to) if to else None, say, arch)
    elif verb == "render":
        changed = [path.name for path in render.write()]
        say("written: " + ", ".join(changed) if changed else "every Dockerfile is up to date")
    else:
        raise ContainerImageError(f"images: no verb called {verb!r}", ", ".join(VERBS))
    return 0
