"""Prometheus's own check of alert rules, and of what they say about made-up metrics."""

import shutil
import subprocess

from tests.conftest import absent


def check_and_try(folder, name):
    """Fails unless Prometheus takes NAME.rules.yaml, and they fire as NAME.test.yaml says."""
    if shutil.which("promtool") is None:
        absent("promtool", "apt-get install prometheus")
    for command in (["check", "rules", name + ".rules.yaml"], ["test", "rules", name + ".test.yaml"]):
        done = subprocess.run(["promtool", *command], cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
