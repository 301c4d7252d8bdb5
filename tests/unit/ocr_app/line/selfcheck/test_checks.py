"""The self-check: each thing that can be wrong with an image on a host is a row that says so."""

import json

import pytest

from ocr_app.board.runtime_context import RuntimeContext, runtime_context
from ocr_app.core.errors import DeviceUnavailable, EngineError
from ocr_app.core.types import ReaderInfo
from ocr_app.line.selfcheck import checks, host, parts, samples
from ocr_app.line.selfcheck.rows import FAILED, OK, UNSEEN, failed
from ocr_app.readers.contract import Reader

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
    assert row.found == "not there: /dev/nvhost-gpu" and "--runtime nvidia" in row.next_step


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


def test_a_changed_model_is_found(monkeypatch):
    assert not failed(parts.model_rows())
    monkeypatch.setattr("ocr_app.core.model_files.sha256_of", lambda path: "0" * 64)
    monkeypatch.setattr("ocr_app.core.model_files._checked", {})
    assert {row.check for row in failed(parts.model_rows())} >= {"model code-detector.onnx"}


def test_a_broken_recipe_is_named(tmp_path):
    (tmp_path / "a.yaml").write_text("nmae: a\n")
    (row,) = parts.recipe_rows(RuntimeContext(recipes=str(tmp_path)))
    assert row.status == FAILED and "a.yaml" in row.found


def test_no_engines_and_broken_ones_fail(tmp_path):
    assert "build-engines" in parts.engine_row(str(tmp_path), RuntimeContext()).next_step
    (tmp_path / "x.json").write_text("{")
    assert parts.engine_row(str(tmp_path), RuntimeContext()).status == FAILED


class Blind(Reader):
    """Finds nothing, anywhere."""

    info = ReaderInfo("blind", "test 1", "cpu", "fp32")

    def posteriors(self, image, timer=None):
        return []


def test_samples_that_are_read_wrong_fail_one_by_one():
    rows = samples.rows(Blind(), RuntimeContext())
    assert len(rows) == len(samples.expectations()["images"]) and {row.status for row in rows} == {FAILED}
    assert rows[0].expected == "pass: PRO: 13.06.22 EXP: 13.12.23"


def test_samples_that_are_not_there_fail(tmp_path):
    rows = samples.rows(Blind(), RuntimeContext(samples=str(tmp_path)))
    assert "does not exist" in rows[0].found


def test_recipes_that_are_not_there_fail(tmp_path):
    (row,) = samples.rows(Blind(), RuntimeContext(recipes=str(tmp_path)))
    assert row.status == FAILED


def test_a_reader_that_does_not_open_is_a_row():
    def opened():
        raise DeviceUnavailable("no cuda", "a GPU")

    rows = checks.run(RuntimeContext(), "", opened, opened, lambda row: None)
    assert (rows[-1].check, rows[-1].status) == ("reader", FAILED)


def test_without_an_engine_yet_the_samples_are_read_without_and_the_check_fails(tmp_path, monkeypatch):
    monkeypatch.setattr(host, "rows", lambda around: [])

    def by_engine():
        raise AssertionError("there is no engine to read by")

    rows = checks.run(RuntimeContext("l4t", image="ocr-app"), str(tmp_path), by_engine, Blind, lambda row: None)
    (engines,) = [row for row in rows if row.check == "engines"]
    assert engines.status == FAILED and "ocr-app engine build --services none" in engines.next_step
    (reader,) = [row for row in rows if row.check == "reader"]
    assert reader.found.startswith("blind on cpu") and len(rows) > rows.index(reader) + 1


def test_an_engine_that_does_not_fit_is_not_replaced_by_another_way_of_reading(tmp_path):
    def by_engine():
        raise EngineError("the engine a is foreign", "one", "ocr-app engine build")

    (tmp_path / "a.json").write_text("{}")
    rows = checks.run(RuntimeContext(), str(tmp_path), by_engine, Blind, lambda row: None)
    assert (rows[-1].check, rows[-1].status) == ("reader", FAILED) and "foreign" in rows[-1].found


def test_expected_texts_are_the_truth_of_the_set():
    with open(RuntimeContext().samples + "/manifest.json", encoding="utf-8") as stream:
        truth = {entry["image"]: entry["code"] for entry in json.load(stream)["images"]}
    for entry in samples.expectations()["images"]:
        assert (truth["images/" + entry["image"]], entry["verdict"]) == (entry["text"], "pass")


def test_surroundings_come_from_the_environment():
    found = runtime_context({"NANO_OCR_VARIANT": "cpu", "NANO_OCR_RELEASE": "", "NANO_OCR_RUNTIME": "/somewhere"})
    assert found == RuntimeContext("cpu", runtime="/somewhere")


def test_an_image_that_names_its_l4t_is_one_for_jetsons():
    assert runtime_context({"OCR_IMAGE": "ocr-app", "OCR_L4T": "32.7.1"}).variant == "l4t"
    assert runtime_context({"OCR_IMAGE": "ocr-app-cpu"}).variant == "cpu"
    assert runtime_context({}).variant == ""
