"""Builds the package: setup.cfg has its metadata; this adds the bundled recipes and samples to what is built.

Both have their home outside the package, where people look for them. They become files of the package only in a build.
"""

import os
import shutil

from setuptools import setup
from setuptools.command.build_py import build_py

BUNDLED = {
    "recipes": os.path.join("ocr_app", "data", "recipes"),
    os.path.join("data", "nano-codes-100"): os.path.join("ocr_app", "data", "samples"),
}


class BuildWithBundledFiles(build_py):
    """``build_py`` that starts from an empty folder and copies the bundled files; an editable install has no copy."""

    def run(self):
        """Build the modules, then copy."""
        if getattr(self, "editable_mode", False):
            build_py.run(self)
            return
        shutil.rmtree(os.path.join(self.build_lib, "ocr_app"), ignore_errors=True)  # else moved modules stay for ever
        build_py.run(self)
        for source, target in BUNDLED.items():
            self._copy(source, os.path.join(self.build_lib, target))

    def _copy(self, source, target):
        for folder, _, names in os.walk(source):
            inside = os.path.normpath(os.path.join(target, os.path.relpath(folder, source)))
            self.mkpath(inside)
            for name in sorted(names):
                self.copy_file(os.path.join(folder, name), os.path.join(inside, name), preserve_mode=False)


setup(cmdclass={"build_py": BuildWithBundledFiles})
