"""The image of the nodes: package lists, and tags that change with its contents."""

from fleet.virtual import image
from fleet.virtual.settings import machine_arch


def test_lists_of_packages_are_read_without_comments():
    assert "systemd-sysv" in image.listed("debian.txt")
    assert not [
        line for name in ("debian.txt", "offered.txt") for line in image.listed(name) if " " in line or "#" in line
    ]


def test_the_tag_changes_with_the_pythons_of_the_machine(fleet, monkeypatch):
    monkeypatch.setattr(image, "pythons_of", lambda _: {})
    bare = image.tags(fleet)
    monkeypatch.undo()
    monkeypatch.setattr(image, "pythons_of", lambda _: {"3.6": image.interpreters.Interpreter(image.IMAGE, "3.6.15")})
    assert image.tags(fleet) != bare and image.tags(fleet)[0].startswith(f"nano-ocr/virtual-nano:{machine_arch()}-")


def test_the_tag_changes_with_a_file_of_the_image(fleet, tmp_path, monkeypatch):
    monkeypatch.setattr(image, "pythons_of", lambda _: {})
    monkeypatch.setattr(image, "IMAGE", tmp_path)
    for name in ("debian.txt", "offered.txt", "Dockerfile"):
        (tmp_path / name).write_text("a\n")
    before = image.tags(fleet)
    (tmp_path / "Dockerfile").write_text("b\n")
    assert image.tags(fleet) != before
