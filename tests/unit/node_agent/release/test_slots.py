"""Releases on the disk: complete or absent, compared with their manifest, removed when they have no role."""

import pytest
from simulation import enumeration as story
from simulation.releases import id_of, release

from node_agent.errors import ReleaseRefused
from node_agent.release import manifest as manifests
from node_agent.release import slots
from node_agent.store import LocalDisk


@pytest.fixture
def disk(tmp_path):
    return LocalDisk(str(tmp_path))


def parsed(source):
    return manifests.parse(source.files["manifest.json"])


def test_a_release_is_copied_with_its_manifest_and_signature(disk):
    source = release("B", 12)
    slots.copy_in(disk, source, parsed(source))
    folder = slots.folder(id_of(source))
    assert slots.names(disk) == [id_of(source)] and not disk.exists(slots.INCOMING)
    assert all(disk.read("{}/{}".format(folder, path)) == data for path, data in source.files.items())
    assert slots.check_files(disk, id_of(source)) == parsed(source)


@pytest.mark.parametrize(
    ("change", "found"), [(lambda data: data[:-1], "bytes"), (lambda data: data + b"x", "more than"),
                          (lambda data: b"X" + data[1:], "has sha256")]
)  # fmt: skip
def test_a_file_that_differs_from_the_manifest_is_refused(disk, change, found):
    source = release("B", 12)
    manifest = parsed(source)
    source.files["images/ocr-app.tar"] = change(source.files["images/ocr-app.tar"])
    with pytest.raises(ReleaseRefused, match=found):
        slots.copy_in(disk, source, manifest)
    assert slots.names(disk) == []


def test_damage_on_the_disk_is_noticed(disk):
    source = release("B", 12)
    slots.copy_in(disk, source, parsed(source))
    folder = slots.folder(id_of(source))
    disk.remove(folder + "/challenge/expected.json")
    with pytest.raises(ReleaseRefused, match=r"expected\.json is missing"):
        slots.check_files(disk, id_of(source))
    disk.write(folder + "/manifest.json", b"{}")
    with pytest.raises(ReleaseRefused, match="is damaged or missing"):
        slots.load(disk, id_of(source))


def test_the_image_has_to_be_for_this_host():
    made = story.fresh_node()
    manifest = slots.load(made.disk, id_of(story.A))
    assert slots.image_path(manifest) == "releases/{}/images/ocr-app.tar".format(id_of(story.A))
    slots.check_image(made.disk, made.host, manifest)
    made.host.l4t = lambda: "35.4.1"
    with pytest.raises(ReleaseRefused, match=r"an image for L4T 32\.7\.1"):
        slots.check_image(made.disk, made.host, manifest)


def test_only_releases_with_a_role_and_their_images_are_kept():
    made = story.fresh_node()
    state = made.node().state()
    slots.clean(made.disk, made.host, state._replace(previous=None))
    assert slots.names(made.disk) == [id_of(story.A)] and set(made.host.store) == {state.current["image_id"]}


def test_an_image_that_another_release_uses_is_kept():
    made = story.fresh_node()
    state = made.node().state()
    shared = dict(state.current, image_id=state.previous["image_id"])
    slots.clean(made.disk, made.host, state._replace(current=shared, previous=None))
    assert state.previous["image_id"] in made.host.store


def test_a_release_with_a_damaged_manifest_is_removed_too():
    made = story.fresh_node()
    made.disk.make_folder("releases/half")
    slots.clean(made.disk, made.host, made.node().state())
    assert "half" not in slots.names(made.disk)
