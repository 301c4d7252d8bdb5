"""What a build copies, and what a failing step says."""

import subprocess
import sys

import pytest

from fleet.core.errors import PackageError
from fleet.packaging.build import call, copy_source


def test_only_what_git_knows_or_would_add_is_copied(tmp_path):
    source = tmp_path / "source"
    (source / "build").mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet"], cwd=source, check=True)
    for name in (".gitignore", "new.py", "gone.py", "build/stale.py"):
        (source / name).write_text("/build/\n")
    subprocess.run(["git", "add", "--all"], cwd=source, check=True)
    (source / "gone.py").unlink()
    copy = copy_source(tmp_path / "copy", source)
    assert sorted(path.relative_to(copy).as_posix() for path in copy.rglob("*")) == [".gitignore", "new.py"]


def test_a_failing_step_is_quoted():
    with pytest.raises(PackageError, match=r"failed:\n    no such thing") as caught:
        call([sys.executable, "-c", "import sys; sys.exit('no such thing')"])
    assert caught.value.exit_code == PackageError.exit_code
