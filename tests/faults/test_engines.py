"""Builds and distribution killed at every step, on a full disk, with broken files: nothing half-made is loaded.

Each case runs in a forked process that kills itself (SIGKILL) at its n-th change of the file system, n = 1, 2, ...
until it gets through; after each kill the cache holds whole engines or none, and one more run completes.
"""

import builtins
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr_app.core import files
from ocr_app.core.errors import BuildError, EngineError, ModelError, from_json
from ocr_app.engines import pack
from ocr_app.engines.building import build, child, jobs, services, step_process
from ocr_app.engines.building.reference import StepRequest
from ocr_app.engines.cache import Cache
from ocr_app.engines.targets import target
from ocr_app.export import network_specs

pytest.importorskip("onnxruntime")
ROOT = Path(__file__).resolve().parents[2]
CHANGES = ("replace", "fsync", "remove", "makedirs")


def fork(work, kill_at=0):
    """Run ``work()`` in a fork that dies at its ``kill_at``-th change of the file system. Returns its wait status."""
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1]
    code = 99
    try:
        if kill_at:
            arm(kill_at)
        code = work() or 0
    except BaseException as error:
        print(repr(error), file=sys.stderr)
    finally:
        os._exit(code)


LEFT = [0]  # changes until this process kills itself; 0: never


def step():
    LEFT[0] -= 1
    if LEFT[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)


def arm(kill_at):
    """Counts changes of the file system; dies before one is made, which is after the one before."""
    LEFT[0] = kill_at

    def counted(function):
        def call(*arguments, **options):
            step()
            return function(*arguments, **options)

        return call

    for name in CHANGES:
        setattr(os, name, counted(getattr(os, name)))
    plain = builtins.open

    def opened(file, mode="r", *arguments, **options):
        if set(mode) & set("wax+"):
            step()
        return plain(file, mode, *arguments, **options)

    builtins.open = opened


def killed(status):
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


@pytest.fixture
def calibration(tmp_path):
    """Two printed lines."""
    folder = tmp_path / "lines"
    folder.mkdir()
    for name, text in (("a.png", "EXP 08/2027"), ("b.png", "LOT 4711")):
        image = np.full((48, 300), 255, np.uint8)
        cv2.putText(image, text, (10, 34), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 2)
        cv2.imwrite(str(folder / name), image)
    (folder / "labels.tsv").write_text("filename\ttext\na.png\tEXP 08/2027\nb.png\tLOT 4711\n")
    return str(folder)


@pytest.fixture
def spec(tmp_path, calibration, code_models):
    """Of the code recogniser, for ONNX Runtime."""
    (tmp_path / "engines" / "work").mkdir(parents=True)
    return StepRequest(
        "make", "codes-recogniser", "fp32", "onnxruntime", str(tmp_path / "exports"), str(tmp_path / "plans"),
        [calibration], 0, 256, 1, str(tmp_path / "engines"), str(tmp_path / "answer.json"),
    )  # fmt: skip


def run_child(spec):
    path = spec.answer + ".request"
    with open(path, "w") as stream:
        json.dump(spec._asdict(), stream)
    return child.main([path])


def assert_whole_or_none(folder):
    """No manifest without its whole engine; returns the names."""
    entries = Cache(folder).entries()
    assert [entry.problem for entry in entries if entry.problem] == []
    return [entry.name for entry in entries]


def test_a_build_killed_at_every_step(spec, tmp_path):
    survived, kills = False, 0
    while not survived:
        for folder in ("engines", "exports"):
            shutil.rmtree(str(tmp_path / folder), ignore_errors=True)
        (tmp_path / "engines" / "work").mkdir(parents=True)
        status = fork(lambda: run_child(spec), kills + 1)
        survived = not killed(status)
        names = assert_whole_or_none(spec.folder)
        if survived:
            assert status == 0 and len(names) == 1
            break
        kills += 1
        assert fork(lambda: run_child(spec)) == 0, "the second run after kill {}".format(kills)
        assert len(assert_whole_or_none(spec.folder)) == 1
    assert kills > 15


def request_of(spec, services=(), **changes):
    wanted = jobs.jobs_of(network_specs.select([spec.network]), [spec.precision], spec.exports, spec.plans)
    own = step_process.BuildRequest(
        wanted,
        spec.target,
        spec.folder,
        spec.exports,
        spec.plans,
        spec.calibration,
        spec.limit,
        256,
        1,
        False,
        services,
        60.0,
    )
    return own._replace(**changes)


@pytest.fixture
def systemctl(tmp_path, monkeypatch):
    """STAND-IN for systemctl: a service runs while a file of its name exists; every call is logged."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (tmp_path / "running").mkdir()
    script = """#!/bin/sh
echo "$@" >> {0}/calls
case "$1" in
  is-active) test -e {0}/running/$3 ;;
  stop) rm -f {0}/running/$2 ;;
  start) touch {0}/running/$2 ;;
esac
""".format(tmp_path)
    (folder / "systemctl").write_text(script)
    (folder / "systemctl").chmod(0o755)
    monkeypatch.setenv("PATH", "{}{}{}".format(folder, os.pathsep, os.environ["PATH"]))
    for name in ("ocr.service", "desktop.service"):
        (tmp_path / "running" / name).touch()
    return lambda: sorted(os.listdir(str(tmp_path / "running")))


SERVICES = ("ocr.service", "absent.service", "desktop.service")
RUNNING = ["desktop.service", "ocr.service"]


def forked_child(request, job, step, title, expected_s, report):
    """In the place of a new Python process: a fork of this one, so that hundreds of runs take seconds."""
    answer = os.path.join(request.exports, "answer.json")
    spec = StepRequest(
        step, job.spec.name, job.precision, request.target, request.exports, request.plans, request.calibration,
        request.limit, 256, 1, request.folder, answer,
    )  # fmt: skip

    def unarmed():
        LEFT[0] = 0
        return run_child(spec)

    status = fork(unarmed)
    assert not killed(status)
    with open(spec.answer) as stream:
        answer = json.load(stream)
    if "error" in answer:
        raise from_json(answer["error"])
    return answer


def test_the_builder_killed_at_every_step_leaves_no_service_down(spec, tmp_path, systemctl, monkeypatch):
    monkeypatch.setattr(step_process, "run_step", forked_child)

    def work():
        outcomes = build.build(request_of(spec, SERVICES), lambda text: None)
        return max([own.error.exit_code if own.error else 0 for own in outcomes])

    kills = 0
    while True:
        for folder in ("engines", "exports"):
            shutil.rmtree(str(tmp_path / folder), ignore_errors=True)
        status = fork(work, kills + 1)
        names = assert_whole_or_none(spec.folder)
        if not killed(status):
            break
        kills += 1
        down = sorted(set(RUNNING) - set(systemctl()))
        assert set(down) <= set(services.stopped_before(os.path.join(spec.folder, "work"))), "known to the next run"
        assert fork(work) == 0, "the second run after kill {}".format(kills)
        assert systemctl() == RUNNING
        assert len(assert_whole_or_none(spec.folder)) == 1 and Cache(spec.folder).leftovers() == []
    assert status == 0 and len(names) == 1 and kills > 10
    assert "stop absent.service" not in (tmp_path / "calls").read_text()


def test_services_come_back_after_a_build_that_fails(spec, tmp_path, systemctl, monkeypatch):
    def fails(*arguments):
        if arguments[2] == "make":
            assert systemctl() == []
            raise BuildError("broken")
        return forked_child(*arguments)

    monkeypatch.setattr(step_process, "run_step", fails)
    outcome = build.build(request_of(spec, SERVICES), lambda text: None)[0]
    assert outcome.status == build.FAILED and systemctl() == RUNNING
    assert services.stopped_before(os.path.join(spec.folder, "work")) == []


def test_nothing_is_stopped_when_there_is_nothing_to_build(spec, tmp_path, systemctl, monkeypatch):
    monkeypatch.setattr(step_process, "run_step", forked_child)
    assert build.build(request_of(spec), lambda text: None)[0].status == build.BUILT
    assert build.build(request_of(spec, SERVICES), lambda text: None)[0].status == build.THERE
    assert "stop" not in ((tmp_path / "calls").read_text() if (tmp_path / "calls").exists() else "")


@pytest.fixture
def built(spec):
    assert fork(lambda: run_child(spec)) == 0
    return Cache(spec.folder)


def test_a_pack_and_its_arrival_killed_at_every_step(built, tmp_path):
    path, whole = str(tmp_path / "p.tar"), str(tmp_path / "whole.tar")
    names = built.names()
    sha256 = pack.pack(built, names, whole)
    kills = 0
    while killed(fork(lambda: pack.pack(built, names, path) and 0, kills + 1)):
        kills += 1
        assert not os.path.exists(path) or Path(path).read_bytes() == Path(whole).read_bytes()
    assert kills > 3 and files.sha256_of(Path(path).read_bytes()) == sha256
    kills, there = 0, str(tmp_path / "there")

    def arrive():
        return (
            0 if pack.unpack(Cache(there), path, lambda name: target.module_of(name).current_platform(), sha256) else 1
        )

    while True:
        shutil.rmtree(there, ignore_errors=True)
        status = fork(arrive, kills + 1)
        arrived = assert_whole_or_none(there)
        if not killed(status):
            break
        kills += 1
        assert fork(arrive) == 0 and assert_whole_or_none(there) == names
    assert status == 0 and arrived == names and kills > 8


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own; its size can be changed."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], stderr=subprocess.PIPE, check=False
    )
    if mounted.returncode:
        from tests.conftest import absent

        absent("a tmpfs", "mounting needs root", allowed_in_ci=True)

    def resize(size):
        subprocess.run(["mount", "-o", "remount,size=" + size, str(folder)], check=True)

    resize.folder = str(folder)
    yield resize
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("size", ["8k", "64k", "1M", "2452k", "2456k", "2460k", "2464k"])
def test_a_full_disk(spec, small_disk, size, monkeypatch):
    """The engine has 2448 kB; sizes are full before it, in it, before its manifest, and behind that."""
    monkeypatch.setattr(step_process, "run_step", forked_child)
    small_disk(size)
    cramped = request_of(spec)._replace(folder=os.path.join(small_disk.folder, "engines"))
    error = failure_of(cramped)
    assert error is None or error.code == "space", error
    assert size == "2464k" or error is not None
    there = assert_whole_or_none(cramped.folder)
    assert there == [] or error is None or "seconds.json" in error.found
    small_disk("64M")
    assert failure_of(cramped) is None
    assert len(assert_whole_or_none(cramped.folder)) == 1


def failure_of(request):
    try:
        return build.build(request, lambda text: None)[0].error
    except BuildError as error:
        return error


def test_no_room_for_a_pack(built, small_disk, tmp_path):
    small_disk("1M")
    with pytest.raises(BuildError) as caught:
        pack.pack(built, built.names(), os.path.join(small_disk.folder, "p.tar"))
    assert caught.value.code == "space" and os.listdir(small_disk.folder) == []
    pack.pack(built, built.names(), str(tmp_path / "p.tar"))
    with pytest.raises(BuildError) as caught:
        platform = target.module_of("onnxruntime").current_platform()
        pack.unpack(Cache(small_disk.folder), str(tmp_path / "p.tar"), lambda name: platform)
    assert caught.value.code == "space" and assert_whole_or_none(small_disk.folder) == []


def packed(built, tmp_path):
    path = str(tmp_path / "p.tar")
    pack.pack(built, built.names(), path)
    return path


def unpacked(path, tmp_path, platform=None, sha256=None):
    platform = platform or target.module_of("onnxruntime").current_platform()
    return pack.unpack(Cache(str(tmp_path / "there")), path, lambda name: platform, sha256)


def test_every_truncation_of_a_pack_is_refused(built, tmp_path):
    path = packed(built, tmp_path)
    whole = Path(path).read_bytes()
    for length in [0, 1, 100, 511, 512, 513, 2000, 5000, len(whole) // 2, len(whole) - 20000]:
        Path(path).write_bytes(whole[:length])
        with pytest.raises(EngineError) as caught:
            unpacked(path, tmp_path)
        assert caught.value.code in ("unreadable", "truncated", "tampered"), length
        assert not os.path.exists(str(tmp_path / "there")) or assert_whole_or_none(str(tmp_path / "there")) == []


def test_a_pack_with_one_byte_changed_is_refused(built, tmp_path):
    path = packed(built, tmp_path)
    sha256 = files.sha256_of(Path(path).read_bytes())
    whole = bytearray(Path(path).read_bytes())
    whole[len(whole) // 2] ^= 1
    Path(path).write_bytes(bytes(whole))
    for expected in (None, sha256):
        with pytest.raises(EngineError) as caught:
            unpacked(path, tmp_path, sha256=expected)
        assert caught.value.code == "tampered"


@pytest.mark.parametrize(("part", "value", "code"), [("version", "1.0", "stale"), ("arch", "aarch64", "foreign")])
def test_a_pack_for_another_platform_is_refused_by_name(built, tmp_path, part, value, code):
    here = target.module_of("onnxruntime").current_platform()._replace(**{part: value})
    with pytest.raises(EngineError) as caught:
        unpacked(packed(built, tmp_path), tmp_path, here)
    assert caught.value.code == code and built.names()[0] in caught.value.found and value in caught.value.expected


@pytest.mark.parametrize("name", ["../evil.engine", "/etc/evil.json", "a/b.engine", "evil.sh"])
def test_a_pack_that_reaches_out_is_refused(built, tmp_path, name):
    import io
    import tarfile

    path = tmp_path / "evil.tar"
    with tarfile.open(str(path), "w") as tar:
        member = tarfile.TarInfo(name)
        member.size = 4
        tar.addfile(member, io.BytesIO(b"evil"))
    with pytest.raises(EngineError) as caught:
        unpacked(str(path), tmp_path)
    assert caught.value.code == "tampered" and list(tmp_path.glob("**/evil.*")) == [path]


@pytest.mark.parametrize("length", [0, 1, 1000, 1250000])
def test_a_truncated_model_never_becomes_an_engine(spec, length):
    """Whether its record still speaks of the whole file, or was made from the damaged one."""
    job = request_of(spec).jobs[0]
    whole = Path(job.path).read_bytes()
    Path(job.path).write_bytes(whole[:length])
    with pytest.raises(ModelError):
        child.job_of(spec)
    record = json.loads(Path(job.path).with_suffix(".json").read_text())
    record["sha256"] = files.sha256_of(whole[:length])
    Path(job.path).with_suffix(".json").write_text(json.dumps(record))
    status = fork(lambda: run_child(spec))
    assert os.WEXITSTATUS(status) in (7, 13) and assert_whole_or_none(spec.folder) == []
    Path(job.path).with_suffix(".json").unlink()
    assert fork(lambda: run_child(spec)) == 0 and len(assert_whole_or_none(spec.folder)) == 1


def test_a_changed_text_refuses_the_engine(spec, monkeypatch):
    """An engine whose answers are noise is not stored."""
    module = target.module_of("onnxruntime")

    class Noise:
        def __init__(self, inner):
            self.inputs, self.outputs, self.metadata = inner.inputs, inner.outputs, inner.metadata
            self._inner = inner

        def infer(self, arrays):
            return {name: value[..., ::-1] for name, value in self._inner.infer(arrays).items()}

    load = module.load
    monkeypatch.setattr(module, "load", lambda data, manifest: Noise(load(data, manifest)))
    assert os.WEXITSTATUS(fork(lambda: run_child(spec))) == 13
    answer = json.loads(Path(spec.answer).read_text())
    assert answer["error"]["code"] == "text-changed" and "2 of 2" in answer["error"]["found"]
    assert assert_whole_or_none(spec.folder) == []


def start_cli(spec, *more, **environment):
    command = [sys.executable, "-m", "ocr_app", "engine", "build", "--target", "onnxruntime", "--engines", spec.folder]
    command += ["--reader", "codes:fast"]  # two networks are enough here
    command += ["--exports", spec.exports, "--plans", spec.plans, "--calibration", str(ROOT / "data/nano-codes-100")]
    return subprocess.Popen(
        command + list(more),
        cwd=str(ROOT),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=dict(os.environ, **environment),
    )


def children_of(pid, step, but=None, patience=60.0):
    """The process of one step of a build, once it runs."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        for process in Path("/proc/{0}/task/{0}/children".format(pid)).read_text().split():
            try:
                words = Path("/proc/{}/cmdline".format(process)).read_bytes().split(b"\0")
                request = json.loads(Path(words[3].decode()).read_text())
            except (OSError, ValueError, IndexError):
                continue
            if request["step"] == step and int(process) != but:
                return int(process)
        time.sleep(0.01)
    raise AssertionError("no child of {}".format(step))


def test_a_step_killed_by_the_kernel_is_said_and_the_services_come_back(spec, systemctl):
    builder = start_cli(spec, "--services", ",".join(SERVICES), "--limit", "40")
    first = children_of(builder.pid, "make")
    os.kill(first, signal.SIGKILL)
    os.kill(children_of(builder.pid, "make", but=first), signal.SIGKILL)
    output = builder.communicate(timeout=120)[0].decode()
    assert builder.returncode == 13 and output.count("killed by signal 9") == 2 and "oom" in output
    assert systemctl() == RUNNING and assert_whole_or_none(spec.folder) == []


def test_a_killed_builder_takes_its_step_with_it(spec):
    builder = start_cli(spec, "--limit", "40")
    child = children_of(builder.pid, "measure")
    builder.kill()
    builder.communicate()
    end = time.monotonic() + 20
    while os.path.exists("/proc/{}".format(child)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not os.path.exists("/proc/{}".format(child))
    again = start_cli(spec, "--limit", "2")
    output = again.communicate(timeout=200)[0].decode()
    assert again.returncode == 0, output
    assert len(assert_whole_or_none(spec.folder)) == 2


def test_sigterm_lets_services_start_again(spec, systemctl):
    builder = start_cli(spec, "--services", ",".join(SERVICES), "--limit", "40")
    children_of(builder.pid, "make")
    builder.terminate()
    builder.communicate(timeout=60)
    assert builder.returncode == 130 and systemctl() == RUNNING
