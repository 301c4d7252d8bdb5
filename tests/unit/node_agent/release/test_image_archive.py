"""Image archives: read without Docker, and refused for another image, machine or L4T series."""

import io
import json
import tarfile

import pytest
from simulation.releases import image_archive as archive_of

from node_agent.errors import ReleaseRefused
from node_agent.release import image_archive


def inspected(**options):
    data, image_id = archive_of("1.0", **options)
    return image_archive.inspect(io.BytesIO(data)), image_id


def test_id_machine_and_labels_are_those_of_the_configuration():
    image, image_id = inspected()
    assert image == (image_id, "aarch64", {"l4t.release": "32.7.1"})
    assert inspected(machine="amd64")[0].machine == "x86_64" and inspected(l4t=None)[0].labels == {}


def tar(entries):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        member = tarfile.TarInfo("manifest.json")
        data = json.dumps(entries).encode()
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "not an image archive"),
        (b"x" * 1024, "not an image archive"),
        (tar([]), "an archive of 0 images"),
        (tar([{}, {}]), "an archive of 2 images"),
        (tar([{"Config": "absent.json"}]), "not an image archive"),
        (tar(7), "not an image archive"),
    ],
    ids=["empty", "noise", "no image", "two images", "no configuration", "no list"],
)
def test_other_files_are_refused(data, found):
    with pytest.raises(ReleaseRefused, match=found):
        image_archive.inspect(io.BytesIO(data))


def test_a_truncated_archive_is_refused():
    data, _ = archive_of("1.0")
    with pytest.raises(ReleaseRefused):
        image_archive.inspect(io.BytesIO(data[:700]))


def test_the_image_of_this_host_is_accepted():
    image, image_id = inspected()
    image_archive.check(image, image_id, "aarch64", "32.7.6")


@pytest.mark.parametrize(
    ("options", "expected", "found"),
    [
        ({}, ("sha256:" + "0" * 64, "aarch64", "32.7.6"), "the archive holds image"),
        ({"machine": "amd64"}, (None, "aarch64", "32.7.6"), "an image for x86_64"),
        ({"l4t": "35.4.1"}, (None, "aarch64", "32.7.6"), r"an image for L4T 35\.4\.1"),
        ({"l4t": None}, (None, "aarch64", "32.7.6"), "an image for L4T None"),
        ({"l4t": "32"}, (None, "aarch64", "32.7.6"), "an image for L4T 32 "),
    ],
)
def test_other_images_are_refused(options, expected, found):
    image, image_id = inspected(**options)
    with pytest.raises(ReleaseRefused, match=found):
        image_archive.check(image, expected[0] or image_id, *expected[1:])
