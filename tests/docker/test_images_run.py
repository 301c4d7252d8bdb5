"""The images, really: what they hold, what they read, what they refuse, and that building again changes nothing."""

from __future__ import annotations

import json
import subprocess

import pytest

from fleet.core.errors import DockerMissing
from fleet.environments import model_files
from fleet.images import archives, building, checks, context, docker
from fleet.images.checks import LOCKED_DOWN
from node_agent.release import image_archive

ALWAYS = ("ocr-app-base", "ocr-app", "ocr-app-cpu")
LARGE = ("ocr-app-easyocr", "ocr-app-paddle")


def run(image, *arguments, options=()):
    command = ["docker", "run", "--rm", *LOCKED_DOWN, *options, image, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.parametrize("name", ALWAYS)
def test_the_image_is_what_it_has_to_be(images, name):
    assert checks.problems_of(images, images.images[name]) == []


@pytest.mark.parametrize("name", LARGE)
def test_so_are_the_large_ones_where_they_are_built(images, name):
    if not docker.exists(name):
        pytest.skip(f"{name} is not built here; ./inv images build --only {name} (gigabytes)")
    assert checks.problems_of(images, images.images[name]) == []


@pytest.mark.parametrize(("name", "reader"), [*zip(LARGE, ("easyocr", "paddleocr"), strict=True)])
def test_the_large_ones_read_with_their_reader_where_they_are_built(images, name, reader):
    if not docker.exists(name):
        pytest.skip(f"{name} is not built here; ./inv images build --only {name} (gigabytes)")
    mounted = ("--volume", f"{model_files.MODELS}:/opt/ocr-app/models:ro")
    done = run(name, "read", "--jsonl", "--reader", reader, "data/nano-codes-100/images/000.jpg", options=mounted)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout.splitlines()[0])
    assert "13.12.23" in record["text"] and record["reader"].startswith(reader)


def test_the_application_for_nanos_adds_less_than_350_mb(images):
    assert checks.added_mb(images, images.images["ocr-app"]) < 350


@pytest.mark.parametrize("name", ["ocr-app-base", "ocr-app"])
def test_building_again_from_nothing_changes_no_layer(images, name):
    assert checks.rebuilt(images.images[name], building.plan("standin"), print) == []


def test_buildkit_builds_the_same_dockerfile(images, tmp_path):
    image, tag = images.images["ocr-app-base"], "ocr-app-again/buildkit"
    try:
        arguments = {"BASE": checks.parent_tag(images, image)}
        docker.build(context.folder_of(images, image), tag, arguments, "buildkit", "none", False, tmp_path / "log")
        assert docker.inspect(tag)["Config"]["User"] == "ocr"
    except DockerMissing as error:
        pytest.skip(error.found)
    finally:
        if docker.exists(tag):
            docker.run_docker("rmi", tag)


def test_a_second_build_builds_nothing(images):
    before = docker.inspect("ocr-app-base")["Id"]
    said = []
    building.build(["ocr-app-base"], building.plan("standin"), said.append)
    assert said[-1] == "ocr-app-base: up to date"
    assert docker.inspect("ocr-app-base")["Id"] == before


def test_the_image_for_any_computer_checks_itself_and_reads_the_bundled_samples(images):
    done = run("ocr-app-cpu", "selfcheck", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    record = json.loads(done.stdout)
    assert record["ok"] and record["variant"] == "cpu"
    samples = [row for row in record["rows"] if row["check"].startswith("sample ")]
    assert len(samples) >= 10 and all(row["status"] == "ok" for row in samples)


def test_without_arguments_it_does_the_same(images):
    done = run("ocr-app-cpu")
    assert done.returncode == 0 and "self-check passed" in done.stdout


def test_with_arguments_it_is_the_application(images):
    done = run(
        "ocr-app-cpu", "read", "--jsonl", "--recipe", "recipes/nano-codes.yaml", "data/nano-codes-100/images/000.jpg"
    )
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout.splitlines()[0])
    assert (record["verdict"], record["text"]) == ("pass", "PRO: 13.06.22 EXP: 13.12.23")


def test_nothing_is_written_about_telemetry(images):
    done = run("ocr-app-cpu", "read", "--jsonl", "data/nano-codes-100/images/000.jpg")
    assert "telemetry" not in done.stderr.lower()


def test_without_a_gpu_the_image_for_nanos_refuses_and_names_the_other(images):
    done = run("ocr-app")
    assert done.returncode not in (0, 1, 125, 126, 127)
    assert "ocr-app-cpu" in done.stdout + done.stderr


def test_the_stand_in_for_nvidias_base_holds_no_cuda(images):
    names = ["libcud*", "libnvinfer*", "libcublas*", "libnvidia*", "nvcc*"]
    find = "find / -xdev -false " + " ".join(f"-o -name '{name}'" for name in names)
    done = run("ocr-app", "-c", find, options=("--entrypoint", "/bin/sh"))
    assert done.stdout == ""


def test_the_label_says_what_the_image_stands_on(images):
    labels = docker.inspect("ocr-app")["Config"]["Labels"]
    assert labels["nano-ocr.standin"].startswith("stand-in for ") and labels["l4t.release"] == images.l4t
    assert "l4t.release" not in docker.inspect("ocr-app-cpu")["Config"]["Labels"]


def test_an_archive_is_one_that_a_node_takes(images, tmp_path):
    (path,) = archives.save(["ocr-app"], tmp_path)
    with path.open("rb") as stream:
        image = image_archive.inspect(stream)
    image_archive.check(image, docker.inspect("ocr-app")["Id"], image.machine, "32.7.6")
    assert image.machine in ("x86_64", "aarch64")
