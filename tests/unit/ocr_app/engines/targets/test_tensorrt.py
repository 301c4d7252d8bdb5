"""TensorRT code against the stand-in: only names of 8.2.1, plans obeyed, the numbers of the network underneath."""

import ast
import json
import sys
from pathlib import Path

import numpy as np
import pytest

import ocr_app
from ocr_app.core.errors import BuildError, DeviceUnavailable, ModelError, PrecisionUnavailable
from ocr_app.core.files import sha256_of
from ocr_app.engines.building import jobs
from ocr_app.engines.building.jobs import BuildJob
from ocr_app.engines.key import ShapeProfile
from ocr_app.engines.targets import tensorrt
from ocr_app.engines.targets.target import CompileRequest
from ocr_app.export import network_specs
from ocr_app.verification.precision_plan import ACCEPTED, KeptLayer, PrecisionPlan

onnxruntime = pytest.importorskip("onnxruntime")
STANDINS = Path(__file__).resolve().parents[4] / "standins"
TABLE = json.loads((STANDINS / "tensorrt-8.2.json").read_text(encoding="utf-8"))
APP = Path(ocr_app.__file__).parent
OURS = [APP / "engines" / "targets" / "tensorrt.py", APP / "networks" / "tensorrt.py"]
CLASS_OF = {
    "trt": "module", "logger": "Logger", "builder": "Builder", "network": "INetworkDefinition",
    "config": "IBuilderConfig", "parser": "OnnxParser", "profile": "IOptimizationProfile", "layer": "ILayer",
    "cache": "ITimingCache", "engine": "ICudaEngine", "context": "IExecutionContext", "_engine": "ICudaEngine",
    "_context": "IExecutionContext", "_runtime": "Runtime",
}  # fmt: skip
CALLS = {  # what a call gives, for names read off it at once
    "get_output": "ITensor", "get_input": "ITensor", "get_error": "ParserError", "get_timing_cache": "ITimingCache",
    "module": "module", "Logger": "Logger",
}  # fmt: skip
NOT_TENSORRT = {"profile"}  # in "request.profile.least": a profile of our own


def uses(path):
    """(class, name) of everything read off or set on an object of TensorRT."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Attribute):
            continue
        base = node.value
        if isinstance(base, ast.Call):
            name = base.func.attr if isinstance(base.func, ast.Attribute) else getattr(base.func, "id", "")
            kind = CALLS.get(name)
        elif isinstance(base, ast.Attribute):
            inner = base.value.id if isinstance(base.value, ast.Name) else ""
            kind = base.attr if inner == "trt" else CLASS_OF.get(base.attr) if base.attr not in NOT_TENSORRT else None
        else:
            kind = CLASS_OF.get(getattr(base, "id", ""))
        if kind:
            yield kind, node.attr


def allowed(kind, table=TABLE):
    if kind == "module":
        return set(table["module"]) | set(table["classes"])
    return set(table["classes"][kind])


def test_every_name_used_is_one_of_8_2_1():
    found = {use for path in OURS for use in uses(path)}
    assert len(found) > 30
    assert not [use for use in found if use[1] not in allowed(use[0])]


def test_no_later_name_stands_anywhere_in_the_tensorrt_code():
    later = {name for names in TABLE["later"].values() for name in names}
    for path in OURS:
        tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        words = {getattr(n, "attr", None) or getattr(n, "id", None) or getattr(n, "arg", None) for n in tree}
        assert not words & later and not words & {"getattr", "hasattr", "setattr"}, path.name


def test_no_other_module_touches_tensorrt():
    """So that the scan above sees all of it."""
    for path in APP.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        assert "tensorrt" not in imported or path in OURS, path.name


@pytest.mark.parametrize("later", ["set_memory_pool_limit", "execute_async_v3", "set_input_shape"])
def test_the_scan_finds_a_later_name(tmp_path, later):
    file = tmp_path / "late.py"
    file.write_text("def f(config, context):\n    config.{0}(1)\n    context.{0}(1)\n".format(later))
    assert [use for use in uses(file) if use[1] not in allowed(use[0])]


def standin_names(trt):
    """Public names of every class of the stand-in."""
    building, running, types = (sys.modules["tensorrt." + name] for name in ("_building", "_running", "_types"))
    for module in (building, running, types):
        for name, cls in vars(module).items():
            if isinstance(cls, type) and cls.__module__ == module.__name__ and not name.startswith("_"):
                members = [member for member in vars(cls) if not member.startswith("_")]
                yield name, set(members)


def test_the_stand_in_has_the_names_that_are_used_and_no_others(trt):
    used = {}
    for path in OURS:
        for kind, name in uses(path):
            used.setdefault(kind, set()).add(name)
    named = dict(standin_names(trt))
    for kind, members in named.items():
        assert members <= allowed(kind), kind
        if kind != "DataType":  # its members are found by way of trt.float32
            assert members <= used.get(kind, set()), (kind, members - used.get(kind, set()))
    assert set(trt.__all__) | {"__version__"} == used["module"]


def test_the_stand_in_refuses_other_names_as_pybind11_does(trt):
    config = trt.Builder(trt.Logger(trt.Logger.WARNING)).create_builder_config()
    for work in (
        lambda: config.set_memory_pool_limit(1, 2),
        lambda: setattr(config, "builder_optimization_level", 3),
        lambda: trt.MemoryPoolType,
    ):
        with pytest.raises(AttributeError):
            work()


@pytest.fixture
def job(tmp_path, make_model):
    """A network of two layers whose first overflows half precision on large inputs."""
    nodes = [("Mul", ["image", "big"], ["large"]), ("Mul", ["large", "small"], ["logits"])]
    data = make_model(nodes, {"big": np.array([50000.0]), "small": np.array([1e-4])}, dims=("n", 1, 4, "w"))
    path = tmp_path / "m.onnx"
    path.write_bytes(data)
    entry = network_specs.networks()["codes-recogniser"]
    return BuildJob(entry, str(path), sha256_of(data), "fp32", None)


PROFILE = ShapeProfile((1, 1, 4, 2), (2, 1, 4, 8), (3, 1, 4, 16))


def opened(job):
    from ocr_app.networks.tensorrt import TensorrtNetwork

    made = tensorrt.make(CompileRequest(job, PROFILE, 256))
    return TensorrtNetwork(made.data, {"characters": "x"}, job.title)


def plan_of(job, kept):
    own = tuple(KeptLayer("node_of_" + name, "Mul", (name,), "overflows") for name in kept)
    return PrecisionPlan("m.onnx", job.sha256, 2, ACCEPTED, "for a test", own, {})


def test_the_platform_of_this_board(trt, tmp_path):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "nv_tegra_release").write_text("# R32 (release), REVISION: 7.6, GCID: 1, BOARD: t210ref\n")
    platform = tensorrt.current_platform(str(tmp_path))
    assert platform[:4] == ("tensorrt", "8.2.1.8", "32.7.6", "5.3")


def test_another_tensorrt_is_refused(trt, monkeypatch):
    monkeypatch.setattr(trt, "__version__", "8.20.1")
    with pytest.raises(BuildError) as caught:
        tensorrt.current_platform()
    assert "8.20.1" in caught.value.found and "8.2.1" in caught.value.expected


def test_without_tensorrt(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorrt", None)
    with pytest.raises(DeviceUnavailable, match="TensorRT's Python binding does not import"):
        tensorrt.current_platform()


def test_fp32_gives_the_numbers_of_the_network(trt, job):
    network = opened(job)
    image = np.random.RandomState(0).rand(2, 1, 4, 7).astype(np.float32) * 4
    assert network.inputs == ("image",) and network.outputs == ("logits",) and network.metadata == {"characters": "x"}
    np.testing.assert_allclose(network.infer_one(image), image * 5, rtol=1e-6)
    network.close()
    network.close()


def test_fp16_overflows_where_no_layer_is_kept_and_the_plan_saves_it(trt, job):
    """50000 x 4 is beyond half's range."""
    image = np.full((1, 1, 4, 8), 4.0, np.float32)
    half = job._replace(precision="fp16")
    assert np.isinf(opened(half._replace(plan=plan_of(job, []))).infer_one(image)).all()
    first = opened(half._replace(plan=plan_of(job, ["large"]))).infer_one(image)
    assert np.isinf(first).all()  # the second layer still reads it as a half
    both = opened(half._replace(plan=plan_of(job, ["large", "logits"]))).infer_one(image)
    np.testing.assert_allclose(both, 20.0, rtol=1e-3)


def test_fp16_without_a_plan_is_refused(trt, job):
    with pytest.raises(PrecisionUnavailable):
        opened(job._replace(precision="fp16"))


def test_a_plan_that_cannot_be_obeyed_is_refused(trt, job):
    with pytest.raises(ModelError):
        opened(job._replace(precision="fp16", plan=plan_of(job, ["nothing"])))


def test_what_the_parser_refuses_is_said(trt, job, make_model, tmp_path):
    data = make_model([("Relu", ["image"], ["logits"])], opset=14)
    Path(job.path).write_bytes(data)
    with pytest.raises(BuildError) as caught:
        opened(job._replace(sha256=sha256_of(data)))
    assert caught.value.code == "unfit" and "opset 14" in caught.value.found


@pytest.mark.parametrize("length", [0, 10, 100])
def test_a_truncated_model_is_refused(trt, job, length):
    whole = Path(job.path).read_bytes()
    Path(job.path).write_bytes(whole[:length])
    with pytest.raises(ModelError):  # not the file that the export's record names
        opened(job)
    with pytest.raises(BuildError):  # nor would the parser take it
        opened(job._replace(sha256=sha256_of(whole[:length])))


def test_a_timing_cache_of_another_gpu_is_said_and_left(trt, job):
    fresh = tensorrt.make(CompileRequest(job, PROFILE, 256))
    again = tensorrt.make(CompileRequest(job, PROFILE, 256, fresh.timing))
    foreign = tensorrt.make(CompileRequest(job, PROFILE, 256, b"of a TX2"))
    assert fresh.notes == again.notes == [] and fresh.timing == again.timing
    assert len(foreign.notes) == 1 and "timing cache" in foreign.notes[0] and foreign.timing == fresh.timing


def test_no_workspace_no_engine(trt, job):
    with pytest.raises(BuildError) as caught:
        tensorrt.make(CompileRequest(job, PROFILE, 0))
    assert "--workspace-mb" in caught.value.next_step


def test_int8_is_refused_with_the_reason():
    with pytest.raises(PrecisionUnavailable, match=r"compute capability 6\.1"):
        jobs.precisions_of("fp16,int8", tensorrt.PRECISIONS)
