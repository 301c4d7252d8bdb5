"""Memory before and during a build."""

import pytest

from ocr_app.core.errors import BuildError
from ocr_app.engines.building import memory
from ocr_app.engines.building.jobs import settings


@pytest.fixture
def board(tmp_path):
    """A root with a meminfo of so many MB."""

    def make(available, swap):
        (tmp_path / "proc").mkdir(exist_ok=True)
        text = "MemTotal: 4059532 kB\nMemAvailable: {} kB\nSwapFree: {} kB\n".format(available << 10, swap << 10)
        (tmp_path / "proc" / "meminfo").write_text(text)
        return str(tmp_path)

    return make


def test_memory_before_a_build(board):
    memory.check("x", 1200, 100, board(1300, 0))
    with pytest.raises(BuildError) as caught:
        memory.check("x", 1200, 100, board(1299, 6000))
    assert caught.value.code == "memory" and "1299" in caught.value.found and "--workspace-mb" in caught.value.next_step


def test_memory_during_a_build(board):
    memory.check_floor("x", 100, board(50, 60))
    with pytest.raises(BuildError, match="stopped"):
        memory.check_floor("x", 100, board(50, 40))


def test_memory_that_is_unknown_is_an_error(tmp_path):
    with pytest.raises(BuildError):
        memory.available_mb(str(tmp_path))


def test_only_the_gpu_costs_workspace_and_libraries(tmp_path):
    model = tmp_path / "m.onnx"
    model.write_bytes(b"x" * (10 << 20))
    own = settings()
    assert memory.needed_mb("onnxruntime", str(model), 256, own) == 10 * own["copies"]
    assert memory.needed_mb("tensorrt", str(model), 256, own) == 10 * own["copies"] + 256 + own["overhead_mb"]
