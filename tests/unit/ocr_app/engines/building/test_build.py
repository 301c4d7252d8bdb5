"""The parts of a build: shapes, memory, services' note, jobs, and which engine is taken at run time."""

import json

import pytest

from ocr_app.core import files
from ocr_app.core.errors import BuildError, EngineError, ModelError, PrecisionUnavailable, UsageError
from ocr_app.engines import selection
from ocr_app.engines.building import comparison, jobs, memory, services, shapes
from ocr_app.engines.cache import Cache
from ocr_app.engines.key import EngineIdentity, Platform, ShapeProfile
from ocr_app.engines.manifest import EngineManifest
from ocr_app.engines.settings import settings
from ocr_app.export import network_specs
from ocr_app.networks.contract import Network
from ocr_app.verification import precision_plan

NETWORKS = network_specs.networks()
PLACE = Platform("onnxruntime", "1.10.0", "", "", "aarch64")


def test_a_recogniser_is_shaped_by_the_reader_and_tuned_by_what_was_seen():
    seen = [(1, 1, 32, width) for width in (48, 400, 300, 500, 1056)]
    own = shapes.profile_of(NETWORKS["codes-recogniser"], seen, settings())
    assert own == ShapeProfile((1, 1, 32, 40), (3, 1, 32, 400), (5, 1, 32, 1056))


def test_a_detector_takes_one_frame():
    own = shapes.profile_of(NETWORKS["codes-detector"], [(1, 1, 480, 640)], settings())
    assert own == ShapeProfile((1, 1, 32, 32), (1, 1, 480, 640), (1, 1, 960, 960))


def test_a_wide_recogniser_takes_fewer_lines():
    """3216 px: one line within 6144 columns."""
    own = shapes.profile_of(NETWORKS["ppocr-v6-small-recogniser"], [(2, 3, 48, 320)], settings())
    assert own.best == (1, 3, 48, 320) and own.most == (1, 3, 48, 3216)


@pytest.mark.parametrize("seen", [[], [(1, 1, 32, 32)], [(1, 1, 32, 2000)]])
def test_shapes_that_the_table_does_not_foresee_are_errors(seen):
    with pytest.raises(BuildError):
        shapes.profile_of(NETWORKS["codes-recogniser"], seen, settings())


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


def test_a_note_that_cannot_be_read_is_said(tmp_path):
    assert services.noted(str(tmp_path)) == []
    (tmp_path / services.NOTE).write_text("[")
    with pytest.raises(BuildError, match="by hand"):
        services.noted(str(tmp_path))


def test_networks_of_a_reader():
    assert [entry.name for entry in jobs.entries_of("codes")] == ["codes-detector", "codes-recogniser"]
    assert [entry.part for entry in jobs.entries_of("ppocr:v6-tiny")] == ["detector", "recogniser"]
    assert jobs.entries_of("ppocr")[0].name == "ppocr-v6-small-detector"
    assert [entry.name for entry in jobs.entries_of("easyocr")] == ["easyocr-detector", "easyocr-recogniser"]
    for unknown in ("tesseract", "codes:v9", "nothing"):
        with pytest.raises(UsageError):
            jobs.entries_of(unknown)


@pytest.fixture
def folders(tmp_path, code_models):
    pytest.importorskip("onnxruntime")
    return str(tmp_path / "exports"), str(tmp_path / "plans")


def jobs_in(folders, precision):
    return jobs.jobs_of([NETWORKS["codes-recogniser"]], [precision], *folders)


def test_a_job_exports_what_is_onnx_already(folders):
    job = jobs_in(folders, "fp32")[0]
    assert files.sha256_of(jobs.model_bytes(job)) == job.sha256 and job.plan is None


def test_an_export_of_other_models_is_made_anew(folders, monkeypatch):
    job = jobs_in(folders, "fp32")[0]
    record_path = job.path[: -len(".onnx")] + ".json"
    with open(record_path) as stream:
        record = json.load(stream)
    record["sources"] = {"code-recogniser.onnx": "ab" * 32}
    with open(record_path, "w") as stream:
        json.dump(record, stream)
    assert jobs_in(folders, "fp32")[0] == job
    with open(record_path) as stream:
        assert json.load(stream)["sources"] == jobs.sources_of(job.entry)


def write_plan(folders, job, **changes):
    own = precision_plan.PrecisionPlan("m.onnx", job.sha256, 3, precision_plan.ACCEPTED, "for a test", (), {})._replace(
        **changes
    )
    precision_plan.write(own, "{}/{}.json".format(folders[1], job.entry.name))


def test_half_precision_needs_an_accepted_plan_of_this_model(folders):
    with pytest.raises(PrecisionUnavailable, match="no precision plan"):
        jobs_in(folders, "fp16")
    job = jobs_in(folders, "fp32")[0]
    write_plan(folders, job, verdict=precision_plan.REFUSED)
    with pytest.raises(PrecisionUnavailable, match="refused"):
        jobs_in(folders, "fp16")
    write_plan(folders, job, sha256="ab" * 32)
    with pytest.raises(ModelError):
        jobs_in(folders, "fp16")
    write_plan(folders, job)
    half = jobs_in(folders, "fp16")[0]
    assert half.parts(PLACE, ShapeProfile((1,), (1,), (1,))).plan == precision_plan.digest(half.plan)


def store(cache, place=PLACE, best=2, **metadata):
    entry = NETWORKS["codes-recogniser"]
    parts = EngineIdentity(entry.name, "ab" * 32, place, "fp32", "", ShapeProfile((1,), (best,), (3,)))
    own = dict({"sources": selection.sources_of(entry)}, **metadata)
    check = {"against": "", "samples": 1, "changed": 0, "largest_error": 0.0}
    made = EngineManifest(parts, files.sha256_of(b"x"), 1, "m.onnx", own, [], [], None, check, {})
    return cache.store(made, b"x")


@pytest.fixture
def cache(tmp_path):
    return Cache(str(tmp_path / "engines"))


def chosen(cache):
    return selection.choose(cache, NETWORKS["codes-recogniser"], PLACE, "fp32")


def refusal(cache):
    with pytest.raises(EngineError) as caught:
        chosen(cache)
    return caught.value.code


def test_exactly_one_engine_is_taken(cache):
    assert refusal(cache) == "missing"
    name = store(cache)
    assert chosen(cache)[1].name == name
    other = store(cache, best=3)
    with pytest.raises(UsageError, match="several engines") as caught:
        chosen(cache)
    assert name in caught.value.found and other in caught.value.found


def test_what_does_not_fit_is_refused_by_its_reason(cache):
    name = store(cache, PLACE._replace(arch="x86_64"))
    assert refusal(cache) == "foreign"
    cache.remove([name + ".json", name + ".engine"])
    name = store(cache, PLACE._replace(version="1.9.0"))
    assert refusal(cache) == "stale"
    cache.remove([name + ".json", name + ".engine"])
    store(cache, sources="code-recogniser.onnx:older")
    assert refusal(cache) == "stale"


def test_an_engine_is_compared_as_the_gate_compares():
    """White space is no change there, so it is none here; a digit is."""
    watched = comparison.Watched(Network())
    own = comparison.verdict(["EXP 01.24", "LOT 7"], ["EXP01.24", "LOT 1"], watched)
    assert (own.samples, own.changed) == (2, [1])
