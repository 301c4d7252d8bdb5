"""The image of the nodes: package lists, and tags that change with its contents."""

from fleet.virtual import image, releases
from fleet.virtual.settings import machine_arch


def test_lists_of_packages_are_read_without_comments():
    assert "systemd-sysv" in image.listed("debian.txt")
    assert not [
        line for name in ("debian.txt", "offered.txt") for line in image.listed(name) if " " in line or "#" in line
    ]


def test_the_tag_changes_with_the_pythons_of_the_machine(fleet, monkeypatch):
    monkeypatch.setattr(image, "pythons_of", lambda *_: {})
    bare = image.tags(fleet)
    monkeypatch.undo()
    monkeypatch.setattr(image, "pythons_of", lambda *_: {"3.6": image.interpreters.Interpreter(image.IMAGE, "3.6.15")})
    assert image.tags(fleet) != bare and image.tags(fleet)[0].startswith(f"nano-ocr/virtual-nano:{machine_arch()}-")


def test_the_tag_changes_with_a_file_of_the_image(fleet, tmp_path, monkeypatch):
    monkeypatch.setattr(image, "pythons_of", lambda *_: {})
    monkeypatch.setattr(image, "IMAGE", tmp_path)
    for name in ("debian.txt", "offered.txt", "Dockerfile"):
        (tmp_path / name).write_text("a\n")
    before = image.tags(fleet)
    (tmp_path / "Dockerfile").write_text("b\n")
    assert image.tags(fleet) != before


def test_each_kind_of_board_has_images_of_its_own(fleet, monkeypatch):
    monkeypatch.setattr(image, "pythons_of", lambda *_: {})
    every = [image.tags(fleet, releases.parse(text)) for text in ("r32.7", "r35:xavier-nx", "r36.4", "r39:agx-thor")]
    assert len({tag for pair in every for tag in pair}) == 8
    assert every[0] == image.tags(fleet) and every[1][0].endswith("-r35-xavier-nx")


def test_a_later_board_has_the_python_of_its_ubuntu(fleet):
    assert list(image.pythons_of(fleet, releases.parse("r36.4"))) == ["3.10"]
    assert list(image.pythons_of(fleet)) == ["3.6", "3.7"]
