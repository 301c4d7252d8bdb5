"""The kinds of engines are the targets there are, and naming them loads no target."""

import subprocess
import sys

from ocr_app.engines.targets import target
from ocr_app.opening import engine_kinds


def test_every_target_is_a_kind_with_a_device():
    assert engine_kinds.ENGINES == (engine_kinds.NO_ENGINE,) + target.TARGETS
    assert set(engine_kinds.DEVICES) == set(target.TARGETS)


def test_a_worker_without_engines_loads_nothing_that_builds_them():
    code = "import sys, ocr_app.opening.worker; "
    code += "print([name for name in sys.modules if name.startswith(('ocr_app.engines', 'ocr_app.export'))])"
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True)
    assert done.stdout.strip() == b"[]"
