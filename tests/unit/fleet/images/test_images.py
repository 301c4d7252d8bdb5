"""Images without Docker: what the data say, the generated Dockerfiles, wheels by lock, contexts, archives, pages."""

import json
import subprocess
import sys
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from fleet.core.errors import ContainerImageError
from fleet.images import archives, building, checks, commands, context, packages, render, sizes, spec

ROOT = Path(__file__).resolve().parents[4]
IMAGES = spec.load()


@pytest.mark.parametrize("name", IMAGES.images)
def test_the_committed_dockerfile_is_what_the_template_makes(name):
    image = IMAGES.images[name]
    assert render.path_of(IMAGES, image).read_text() == render.render(IMAGES, image), "run ./inv images render"


def test_there_is_no_other_dockerfile():
    assert {path.stem for path in (ROOT / "docker").glob("*.Dockerfile")} == set(IMAGES.images)


def test_what_is_named_brings_what_it_stands_on_in_build_order():
    names = [image.name for image in IMAGES.select(["ocr-app-paddle"])]
    assert names == ["ocr-app-base", "ocr-app", "ocr-app-paddle"]
    assert [image.name for image in IMAGES.select(None)] == list(IMAGES.images)


def test_a_name_that_is_none_is_said_with_those_there_are():
    with pytest.raises(ContainerImageError, match="no image called ocr") as caught:
        IMAGES.select(["ocr"])
    assert "ocr-app-cpu" in caught.value.expected


def test_only_images_on_nvidias_base_are_for_an_l4t_release():
    for_nano = {name for name, image in IMAGES.images.items() if IMAGES.l4t_of(image)}
    assert for_nano == set(IMAGES.images) - {"ocr-app-cpu"}
    text = render.render(IMAGES, IMAGES.images["ocr-app-cpu"])
    assert "l4t.release" not in text and "OPENBLAS_CORETYPE" not in text and "NVIDIA_" not in text


def test_a_package_without_a_version_is_refused():
    image = replace(IMAGES.images["ocr-app-cpu"], apt=("python3", "vim"))
    with pytest.raises(ContainerImageError, match="vim has no version"):
        render.render(IMAGES, image)


def test_an_unknown_key_is_refused(tmp_path):
    (tmp_path / "docker").mkdir()
    (tmp_path / "versions.toml").write_text((ROOT / "versions.toml").read_text())
    text = (ROOT / "docker" / "images.toml").read_text()
    (tmp_path / "docker" / "images.toml").write_text(text.replace("absent =", "abscent =", 1))
    with pytest.raises(ContainerImageError, match="unknown key abscent"):
        spec.load(tmp_path)


def test_an_unrecorded_digest_is_not_part_of_the_reference():
    base = IMAGES.bases["l4t-base"]
    assert replace(base, digest=spec.UNRECORDED).reference.endswith("l4t-base:r32.7.1")
    assert replace(base, digest="sha256:ab").reference.endswith("l4t-base:r32.7.1@sha256:ab")


# --- wheels ---


@pytest.mark.parametrize("name", [name for name, image in IMAGES.images.items() if image.locks])
@pytest.mark.parametrize("arch", ["amd64", "arm64"])
def test_every_line_that_an_image_names_is_in_its_lock(name, arch):
    image = IMAGES.images[name]
    target = packages.target_of(IMAGES, image, arch)
    for lines in (image.locks, image.standin, (image.pip,)):
        found = packages._once(packages._entries(lines, image, target), image)
        assert all(item.hashes for item in found)


def test_tags_fit_the_python_the_processor_and_the_c_library():
    target = packages.target_of(IMAGES, IMAGES.images["ocr-app"], "arm64")
    assert (target.python, target.abi) == ("3.6.9", "cp36m")
    assert target.platforms[0] == "manylinux_2_27_aarch64" and "manylinux1_aarch64" not in target.platforms
    assert packages.target_of(IMAGES, IMAGES.images["ocr-app-cpu"], "amd64").abi == "cp311"


def test_markers_choose_the_line_of_the_python(tmp_path):
    lock = tmp_path / "some.txt"
    digest = "0" * 64
    lock.write_text(
        f"numpy==1.0 ; python_full_version < '3.11' \\\n    --hash=sha256:{digest}\n"
        f"numpy==2.0 ; python_full_version == '3.11.*' \\\n    --hash=sha256:{digest}\n"
        f"arm==1 ; platform_machine == 'aarch64' --hash=sha256:{digest}\n"
    )
    target = packages.target_of(IMAGES, IMAGES.images["ocr-app-cpu"], "amd64")
    assert [(item.name, item.version) for item in packages.lines_of(lock, target)] == [("numpy", "2.0")]
    target = packages.target_of(IMAGES, IMAGES.images["ocr-app-cpu"], "arm64")
    assert "arm" in [item.name for item in packages.lines_of(lock, target)]


def test_two_versions_of_one_package_are_refused():
    lines = [packages.index.LockedPackage("numpy", version, frozenset()) for version in ("1", "2")]
    with pytest.raises(ContainerImageError, match="numpy 1 and 2"):
        packages._once(lines, IMAGES.images["ocr-app"])


def test_what_the_parent_holds_is_not_installed_again():
    image = IMAGES.images["ocr-app-easyocr"]
    held = {item.name for item in packages._held(IMAGES, image, packages.target_of(IMAGES, image, "amd64"))}
    assert {"numpy", "opencv-python-headless", "pillow"} <= held
    paddle = IMAGES.images["ocr-app-paddle"]  # another Python: nothing of it is usable there
    assert packages._held(IMAGES, paddle, packages.target_of(IMAGES, paddle, "amd64")) == []


# --- contexts ---


@pytest.fixture
def tree(tmp_path):
    image = IMAGES.images["ocr-app-cpu"]
    context._lay_tree(IMAGES, image, True, tmp_path)
    context._same_times(tmp_path, IMAGES.epoch)
    return tmp_path


def test_the_tree_holds_the_application_recipes_samples_and_nothing_else(tree):
    assert sorted(path.name for path in (tree / "opt/ocr-app").iterdir()) == ["data", "models", "ocr_app", "recipes"]
    assert [path.name for path in (tree / "opt/ocr-app/data").iterdir()] == ["nano-codes-100"]
    assert not list(tree.rglob("__pycache__")) and not list(tree.rglob("*.pyc"))
    launcher = tree / "usr/local/bin/ocr-app"
    assert launcher.read_text().startswith("#!/usr/bin/python3.11 -s\n") and launcher.stat().st_mode & 0o111 == 0o111


def test_every_file_has_the_one_time_stamp(tree):
    assert {int(path.stat().st_mtime) for path in tree.rglob("*")} == {IMAGES.epoch}


def test_the_digest_changes_with_a_byte_and_with_a_mode(tree):
    before = context.digest(tree)
    assert before == context.digest(tree) and before.startswith("sha256:")
    launcher = tree / "usr/local/bin/ocr-app"
    launcher.chmod(0o644)
    changed = context.digest(tree)
    launcher.write_text(launcher.read_text() + "\n")
    assert len({before, changed, context.digest(tree)}) == 3


# --- plans and verbs ---


def test_stand_in_bases_are_for_this_machine_only():
    other = {"amd64": "arm64"}.get(spec.machine_arch(), "amd64")
    with pytest.raises(ContainerImageError, match="stand-in bases for " + other):
        building.plan("standin", other)
    assert building.plan("vendor", other).arch == other


@pytest.mark.parametrize("bases", ["nvidia", "STANDIN"])
def test_unknown_bases_are_refused(bases):
    with pytest.raises(ContainerImageError, match="no bases called"):
        building.plan(bases)


def test_a_verb_that_is_none():
    with pytest.raises(ContainerImageError, match="no verb called 'push'"):
        commands.run("push")


def test_labels_name_the_parent_without_its_registry():
    image = IMAGES.images["ocr-app-base"]
    assert building._base_name(IMAGES, image, "anything").startswith("l4t-base:r32.7.1")
    assert building._base_name(IMAGES, IMAGES.images["ocr-app"], "ocr-app-base").startswith("ocr-app-base:")


# --- the structure test, run on this machine: it has to find what is wrong here ---


def run_structure(**changes):
    expect = {"uid": 10001, "epoch": 0, "imports": [], "absent": [], "files": [], "ours": [], "trees": [], **changes}
    command = [sys.executable, str(ROOT / "docker" / "structure.py")]
    done = subprocess.run(command, env={"EXPECT": json.dumps(expect), "PATH": changes.pop("path", "/nowhere")},
                          capture_output=True, text=True, check=True, cwd="/")  # fmt: skip
    return json.loads(done.stdout)


def test_the_structure_test_names_the_import_that_died(tmp_path):
    problems = run_structure(imports=["json", "no_such_module_here", "ctypes;ctypes.string_at(0)"])
    assert any("no_such_module_here failed: ModuleNotFoundError" in text for text in problems)
    assert any("died of signal 11" in text for text in problems)
    assert not any(text.startswith("import json ") for text in problems)


def test_the_structure_test_finds_user_programs_modules_and_missing_files(tmp_path):
    gcc = tmp_path / "gcc"
    gcc.write_text("#!/bin/sh\n")
    gcc.chmod(0o755)
    problems = run_structure(uid=-1, absent=["json"], files=["/no/such/file"], path=str(tmp_path))
    assert "has the program gcc" in problems and "has the module json" in problems
    assert "/no/such/file is not there" in problems and any("not -1" in text for text in problems)


def test_the_structure_test_finds_hosts_secrets_tests_and_time_stamps(tmp_path):
    (tmp_path / "a.py").write_text("INDEX = 'https://py" + "pi.org/simple'\n")
    (tmp_path / "b.json").write_text("-----BEGIN EC PRIVATE" + " KEY-----")
    (tmp_path / "conftest.py").write_text("registry.accepts\n")
    problems = " ".join(run_structure(ours=[str(tmp_path)], trees=[str(tmp_path)]))
    assert "a.py names the host" in problems and "b.json holds a secret" in problems
    assert "conftest.py belongs to the tests" in problems and "another time than source_date_epoch" in problems
    assert "conftest.py names" not in problems


def test_expectations_name_what_the_application_needs():
    expect = checks.expectations(IMAGES, IMAGES.images["ocr-app-paddle"])
    assert "/usr/local/bin/ocr-app" in expect["files"]
    assert "/usr/local/lib/python3.7/dist-packages" in expect["trees"]
    assert checks.expectations(IMAGES, IMAGES.images["ocr-app-base"])["trees"] == []


# --- archives and pages ---


def archive(path, architecture="amd64"):
    config = json.dumps({"architecture": architecture, "config": {"Labels": {"l4t.release": "32.7.1"}}})
    for name, text in (("config.json", config), ("manifest.json", json.dumps([{"Config": "config.json"}]))):
        (path / name).write_text(text)
    with tarfile.open(path / "image.tar", "w") as stream:
        for name in ("config.json", "manifest.json"):
            stream.add(path / name, name)
    return path / "image.tar", "sha256:" + context.model_files.sha256_of(path / "config.json")


def test_an_archive_is_read_back_as_a_node_reads_it(tmp_path):
    path, image_id = archive(tmp_path)
    assert archives.read_back(path, image_id, "amd64").labels == {"l4t.release": "32.7.1"}
    with pytest.raises(ContainerImageError, match="for x86_64"):
        archives.read_back(path, image_id, "arm64")
    with pytest.raises(ContainerImageError, match="tar holds"):
        archives.read_back(path, "sha256:other", "amd64")


def test_a_truncated_archive_is_refused(tmp_path):
    path, image_id = archive(tmp_path)
    path.write_bytes(path.read_bytes()[:700])
    with pytest.raises(ContainerImageError, match="not an image archive"):
        archives.read_back(path, image_id, "amd64")


def test_the_page_tells_of_layers_that_differ_and_of_stand_ins():
    record = {
        "image": "x", "parent": "y", "standin": "stand-in for y", "adds_mb": 10.0, "size_mb": 20.0, "budget_mb": 30,
        "layers_that_differ_when_rebuilt": ["sha256:a", "sha256:b"], "problems": [],
    }  # fmt: skip
    machine = {"cpu": "a", "system": "b", "arch": "c"}
    report = {
        "date": "2000-01-01",
        "machine": machine,
        "docker": "1",
        "builder": "classic",
        "images": [record],
        "missing": ["z"],
    }
    text = sizes.page(report)
    assert (
        "2 layers differ" in text
        and "Not measured in this run: z" in text
        and "- stand-in for y" in text
        and "10 (below 30)" in text
    )
    record["layers_that_differ_when_rebuilt"] = []
    assert "every layer equal" in sizes.page(report)


def test_the_committed_page_is_what_its_record_makes():
    folder = ROOT / "docs" / "results"
    report = json.loads((folder / "images.json").read_text())
    assert (folder / "images.md").read_text() == sizes.page(report)
    assert {record["image"] for record in report["images"]} | set(report["missing"]) == set(IMAGES.images)
    for record in report["images"]:
        assert record["problems"] == [] and record["adds_mb"] < record["budget_mb"]
        assert not record["layers_that_differ_when_rebuilt"]
