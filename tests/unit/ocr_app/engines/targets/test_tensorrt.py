"""TensorRT code against its stand-ins: names of each version, plans obeyed, the numbers of the network underneath."""

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
TABLES = {
    v: json.loads((STANDINS / "tensorrt-{}.json".format(v)).read_text(encoding="utf-8")) for v in ("8.2", "8.5", "10")
}
APP = Path(ocr_app.__file__).parent
WAYS = APP / "networks" / "tensorrt"
EITHER = [APP / "engines" / "targets" / "tensorrt.py", WAYS / "network.py", WAYS / "installed.py"]
OF = {
    "8.2": [*EITHER, WAYS / "bindings.py"],
    "8.5": [*EITHER, WAYS / "tensors.py"],
    "10": [*EITHER, WAYS / "tensors.py"],
}
OURS = [*EITHER, WAYS / "bindings.py", WAYS / "tensors.py"]
CLASS_OF = {
    "trt": "module", "logger": "Logger", "builder": "Builder", "network": "INetworkDefinition",
    "config": "IBuilderConfig", "parser": "OnnxParser", "profile": "IOptimizationProfile", "layer": "ILayer",
    "cache": "ITimingCache", "engine": "ICudaEngine", "context": "IExecutionContext", "_engine": "ICudaEngine",
    "_context": "IExecutionContext", "_runtime": "Runtime",
}  # fmt: skip
CALLS = {  # what a call gives, for names read off it at once
    "get_output": "ITensor", "get_input": "ITensor", "get_error": "ParserError", "get_timing_cache": "ITimingCache",
    "module": "module", "Logger": "Logger", "way": None,
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


def allowed(kind, table):
    if kind == "module":
        return set(table["module"]) | set(table["classes"])
    return set(table["classes"][kind])


@pytest.mark.parametrize("version", OF)
def test_every_name_used_is_one_of_the_version(version):
    found = {use for path in OF[version] for use in uses(path)}
    assert len(found) > 30
    assert not [use for use in found if use[1] not in allowed(use[0], TABLES[version])]


def words_of(path):
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {getattr(n, "attr", None) or getattr(n, "id", None) or getattr(n, "arg", None) for n in tree}


def test_no_later_name_stands_where_8_2_runs():
    later = {name for names in TABLES["8.2"]["later"].values() for name in names}
    for path in OF["8.2"]:
        assert not words_of(path) & later and not words_of(path) & {"getattr", "hasattr", "setattr"}, path.name


def test_no_removed_name_stands_where_10_runs():
    removed = {name for names in TABLES["10"]["removed"].values() for name in names}
    for path in OF["10"]:
        assert not words_of(path) & removed, path.name


def test_what_is_removed_was_there_and_is_gone():
    for kind, names in TABLES["10"]["removed"].items():
        assert set(names) <= set(TABLES["8.5"]["classes"][kind])
        assert not set(names) & set(TABLES["10"]["classes"][kind])


def test_no_other_module_touches_tensorrt():
    """So that the scan above sees all of it."""
    for path in APP.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        assert "tensorrt" not in imported or path in OURS, path.name


@pytest.mark.parametrize(
    "version, name", [("8.2", "set_memory_pool_limit"), ("8.2", "execute_async_v3"), ("10", "execute_async_v2")]
)
def test_the_scan_finds_a_name_of_another_version(tmp_path, version, name):
    file = tmp_path / "late.py"
    file.write_text("def f(config, context):\n    config.{0}(1)\n    context.{0}(1)\n".format(name))
    assert [use for use in uses(file) if use[1] not in allowed(use[0], TABLES[version])]


def standin_names(trt):
    """(class, its public names) of the stand-in, with those that it has from a class of its own."""
    modules = [module for name, module in sys.modules.items() if name.startswith("tensorrt.")]
    for module in modules:
        for name, cls in vars(module).items():
            own = isinstance(cls, type) and cls.__module__ == module.__name__
            if own and not name.startswith("_") and name not in ("Settings", "Cudart"):
                bases = [base for base in cls.__mro__ if base.__module__.startswith("tensorrt.")]
                yield name, {member for base in bases for member in vars(base) if not member.startswith("_")}


def version_of(trt):
    return next(version for version in OF if trt.__version__.startswith(version + "."))


DEPRECATED = {"8.5": {"ICudaEngine": {"num_bindings", "get_binding_name"}}}
"""What a stand-in has although nobody uses it: so that a version with both ways is there."""
WITHOUT_USE = {"DataType", "TensorIOMode", "MemoryPoolType"}  # found by way of trt.float32 and the like


def test_the_stand_in_has_the_names_that_are_used_and_no_others(every_trt):
    version, used = version_of(every_trt), {}
    for path in OF[version]:
        for kind, name in uses(path):
            used.setdefault(kind, set()).add(name)
    for kind, members in standin_names(every_trt):
        assert members <= allowed(kind, TABLES[version]), kind
        spare = DEPRECATED.get(version, {}).get(kind, set())
        if kind not in WITHOUT_USE:
            assert members - spare <= used.get(kind, set()), (kind, members - used.get(kind, set()))
    assert set(every_trt.__all__) | {"__version__"} == used["module"]
    assert every_trt.__version__ == TABLES[version]["version"]


def test_the_stand_in_of_8_2_refuses_other_names_as_pybind11_does(trt):
    config = trt.Builder(trt.Logger(trt.Logger.WARNING)).create_builder_config()
    for work in (
        lambda: config.set_memory_pool_limit(1, 2),
        lambda: setattr(config, "builder_optimization_level", 3),
        lambda: trt.MemoryPoolType,
    ):
        with pytest.raises(AttributeError):
            work()


@pytest.mark.parametrize("every_trt", ["tensorrt-10"], indirect=True)
def test_the_stand_in_of_10_has_no_bindings(every_trt):
    assert not [name for name in dir(every_trt.ICudaEngine) if "binding" in name]
    config = every_trt.Builder(every_trt.Logger(every_trt.Logger.WARNING)).create_builder_config()
    with pytest.raises(AttributeError):
        config.max_workspace_size = 1


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
    from ocr_app.networks.tensorrt.network import TensorrtNetwork

    made = tensorrt.make(CompileRequest(job, PROFILE, 256))
    return TensorrtNetwork(made.data, {"characters": "x"}, job.title)


def plan_of(job, kept):
    own = tuple(KeptLayer("node_of_" + name, "Mul", (name,), "overflows") for name in kept)
    return PrecisionPlan("m.onnx", job.sha256, 2, ACCEPTED, "for a test", own, {})


RELEASES = {
    "8.2": ("# R32 (release), REVISION: 7.6, GCID: 1, BOARD: t210ref\n", ("8.2.1.8", "32.7.6", "5.3"), "by bindings"),
    "8.5": ("# R35 (release), REVISION: 6.4, GCID: 1, BOARD: t186ref\n", ("8.5.2.2", "35.6.4", "8.7"), "by tensors"),
    "10": ("# R36 (release), REVISION: 4.3, GCID: 1, BOARD: generic\n", ("10.3.0", "36.4.3", "8.7"), "by tensors"),
}


def test_the_platform_of_this_board_names_tensorrt_l4t_and_compute_capability(every_trt, tmp_path):
    line, expected, how = RELEASES[version_of(every_trt)]
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "nv_tegra_release").write_text(line)
    platform = tensorrt.current_platform(str(tmp_path))
    assert platform[:4] == ("tensorrt", *expected) and tensorrt.how() == how


@pytest.mark.parametrize("version", ["8.20.1", "8.6.1", "11.0.0"])
def test_another_tensorrt_is_refused_with_the_known_ones(trt, monkeypatch, version):
    monkeypatch.setattr(trt, "__version__", version)
    with pytest.raises(BuildError) as caught:
        tensorrt.current_platform()
    assert version in caught.value.found
    assert "8.2.1 (JetPack 4.6.6)" in caught.value.expected and "10.3.0 (JetPack 6.2" in caught.value.expected


def test_without_tensorrt(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorrt", None)
    with pytest.raises(DeviceUnavailable, match="TensorRT's Python binding does not import"):
        tensorrt.current_platform()


def test_fp32_gives_the_numbers_of_the_network(every_trt, job):
    network = opened(job)
    image = np.random.RandomState(0).rand(2, 1, 4, 7).astype(np.float32) * 4
    assert network.inputs == ("image",) and network.outputs == ("logits",) and network.metadata == {"characters": "x"}
    np.testing.assert_allclose(network.infer_one(image), image * 5, rtol=1e-6)
    network.close()
    network.close()


def test_fp16_overflows_where_no_layer_is_kept_and_the_plan_saves_it(every_trt, job):
    """50000 x 4 is beyond half's range."""
    image = np.full((1, 1, 4, 8), 4.0, np.float32)
    half = job._replace(precision="fp16")
    assert np.isinf(opened(half._replace(plan=plan_of(job, []))).infer_one(image)).all()
    first = opened(half._replace(plan=plan_of(job, ["large"]))).infer_one(image)
    assert np.isinf(first).all()  # the second layer still reads it as a half
    both = opened(half._replace(plan=plan_of(job, ["large", "logits"]))).infer_one(image)
    np.testing.assert_allclose(both, 20.0, rtol=1e-3)


def test_fp16_without_a_plan_is_refused(every_trt, job):
    with pytest.raises(PrecisionUnavailable):
        opened(job._replace(precision="fp16"))


def test_a_plan_that_cannot_be_obeyed_is_refused(every_trt, job):
    with pytest.raises(ModelError):
        opened(job._replace(precision="fp16", plan=plan_of(job, ["nothing"])))


def test_what_the_parser_refuses_is_said(every_trt, job, make_model, tmp_path):
    opset = sys.modules["tensorrt._version"].MOST_OPSET + 1
    data = make_model([("Relu", ["image"], ["logits"])], opset=opset)
    Path(job.path).write_bytes(data)
    with pytest.raises(BuildError) as caught:
        opened(job._replace(sha256=sha256_of(data)))
    assert caught.value.code == "unfit" and "opset {}".format(opset) in caught.value.found


@pytest.mark.parametrize("length", [0, 10, 100])
def test_a_truncated_model_is_refused(every_trt, job, length):
    whole = Path(job.path).read_bytes()
    Path(job.path).write_bytes(whole[:length])
    with pytest.raises(ModelError):  # not the file that the export's record names
        opened(job)
    with pytest.raises(BuildError):  # nor would the parser take it
        opened(job._replace(sha256=sha256_of(whole[:length])))


def test_a_timing_cache_of_another_gpu_is_said_and_left(every_trt, job):
    fresh = tensorrt.make(CompileRequest(job, PROFILE, 256))
    again = tensorrt.make(CompileRequest(job, PROFILE, 256, fresh.timing))
    foreign = tensorrt.make(CompileRequest(job, PROFILE, 256, b"of a TX2"))
    assert fresh.notes == again.notes == [] and fresh.timing == again.timing
    assert len(foreign.notes) == 1 and "timing cache" in foreign.notes[0] and foreign.timing == fresh.timing


def test_no_workspace_no_engine(every_trt, job):
    with pytest.raises(BuildError) as caught:
        tensorrt.make(CompileRequest(job, PROFILE, 0))
    assert "--workspace-mb" in caught.value.next_step


def test_int8_is_refused_with_the_reason():
    with pytest.raises(
        PrecisionUnavailable, match=r"compute capability 5\.3 has no INT8.*no network has an accepted plan"
    ):
        jobs.precisions_of("fp16,int8", tensorrt.PRECISIONS)
