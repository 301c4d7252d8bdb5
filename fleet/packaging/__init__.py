"""`./inv package`: the source distribution and the wheel of ocr_app, built and tried."""

from __future__ import annotations

from fleet.core.files import ROOT
from fleet.packaging.build import Built, build
from fleet.packaging.trial import Say, Trial, check, try_wheel

__all__ = ["Built", "Trial", "build", "check", "main", "try_wheel"]


def main(try_it: bool = False, say: Say = print) -> int:
    """Build both files into build/dist; with ``try_it``, try the wheel on every Python that this machine has."""
    built = build()
    for path in (built.sdist, built.wheel):
        say(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1e6:.1f} MB")
    return check(built.wheel, say=say) if try_it else 0
