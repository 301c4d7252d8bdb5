"""The host of an image: its L4T, its devices, its TensorRT."""

import pytest

from ocr_app.board.runtime_context import RuntimeContext
from ocr_app.core.errors import DeviceUnavailable
from ocr_app.line.selfcheck import host
from ocr_app.line.selfcheck.rows import OK, UNSEEN, failed

L4T = "# R32 (release), REVISION: 7.6, GCID: 38171779, BOARD: t210ref, EABI: aarch64, DATE: Tue Nov  5 07:46:14 2024\n"


@pytest.fixture
def jetson(tmp_path, monkeypatch):
    """Files of a Nano's root, and a TensorRT that answers."""
    for path in host.DEVICES:
        (tmp_path / path.lstrip("/")).parent.mkdir(exist_ok=True)
        (tmp_path / path.lstrip("/")).write_text("")
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "nv_tegra_release").write_text(L4T)
    monkeypatch.setattr(host, "_tensorrt", lambda: "tensorrt 8.2.1, L4T 32.7.6")
    return RuntimeContext("l4t", "32.7.1", root=str(tmp_path))


def statuses(rows):
    return {row.check: row.status for row in rows}


def test_a_jetson_passes(jetson):
    assert statuses(host.rows(jetson)) == {"image": OK, "L4T": OK, "GPU devices": OK, "TensorRT": OK}


@pytest.mark.parametrize("image", ["32.6.1", "35.4.1", ""])
def test_an_image_of_another_release_is_refused(jetson, image):
    (row,) = failed(host.rows(jetson._replace(l4t=image)))
    assert (row.check, row.found) == ("L4T", "32.7.6") and "32.7" in row.next_step


def test_a_release_that_is_not_mounted_is_said_and_not_guessed(jetson, tmp_path):
    (tmp_path / "etc" / "nv_tegra_release").unlink()
    (row,) = [row for row in host.rows(jetson) if row.status == UNSEEN]
    assert row.check == "L4T" and "/etc/nv_tegra_release" in row.next_step


def test_a_missing_device_is_named_with_the_runtime_that_brings_it(jetson, tmp_path):
    (tmp_path / "dev" / "nvhost-gpu").unlink()
    (row,) = failed(host.rows(jetson))
    assert row.found == "missing: /dev/nvhost-gpu" and "--runtime nvidia" in row.next_step


def test_the_gpu_image_refuses_a_host_without_gpu_and_names_the_cpu_image(tmp_path):
    rows = host.rows(RuntimeContext("l4t", "32.7.1", root=str(tmp_path)))
    (row,) = failed(rows)
    assert row.check == "host" and "ocr-app-cpu" in row.next_step


def test_without_tensorrt_the_row_says_what_is_missing(tmp_path, jetson, monkeypatch):
    def absent():
        raise DeviceUnavailable("TensorRT does not import", "python3-libnvinfer", "apt list")

    monkeypatch.setattr(host, "_tensorrt", absent)
    (row,) = failed(host.rows(jetson))
    assert (row.check, row.expected) == ("TensorRT", "python3-libnvinfer")


def test_outside_an_image_the_host_is_not_judged():
    (row,) = host.rows(RuntimeContext())
    assert row.status == UNSEEN


def test_an_unknown_variant_is_refused():
    assert failed(host.rows(RuntimeContext("arm")))
