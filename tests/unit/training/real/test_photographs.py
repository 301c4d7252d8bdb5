"""Photographs are read from their archives as sources.tsv lists them."""

import zipfile

import cv2
import numpy as np
import pytest

from training.real import photographs
from training.real.photographs import Photograph, PhotographError


@pytest.fixture
def folder(tmp_path):
    done = cv2.imencode(".png", np.full((6, 8, 3), 70, np.uint8))[1]
    with zipfile.ZipFile(tmp_path / "a-00.zip", "w") as archive:
        archive.writestr("one.png", done.tobytes())
        archive.writestr("broken.png", b"no picture")
    rows = ["shard\tmember\tgroup\torigin\tlicence\tauthor\turl\tnote"]
    rows += [
        f"a-00.zip\t{name}\t{group}\t\t\t\t\tpart 7"
        for name, group in (("one.png", "metal"), ("broken.png", "grocery"))
    ]
    (tmp_path / "sources.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path


def test_a_group_is_listed_and_decoded(folder):
    (chosen,) = photographs.catalogue("metal", folder)
    assert (chosen.member, chosen.note) == ("one.png", "part 7")
    ((same, image),) = photographs.pictures([chosen], folder)
    assert same == chosen and image.shape == (6, 8, 3) and int(image[0, 0, 0]) == 70


def test_what_is_missing_or_broken_is_named(folder, tmp_path):
    with pytest.raises(PhotographError, match="no photographs of the group"):
        photographs.catalogue("bottles", folder)
    with pytest.raises(PhotographError, match=r"broken\.png"):
        list(photographs.pictures(photographs.catalogue("grocery", folder), folder))
    with pytest.raises(PhotographError, match="no photographs at"):
        photographs.catalogue("metal", tmp_path / "nowhere")


def test_about_a_tenth_is_held_out_and_all_pictures_of_a_part_together():
    some = [Photograph("a", f"{k}.jpg", "grocery", "") for k in range(2000)]
    assert 120 < sum(photograph.held_out for photograph in some) < 280
    same = {Photograph("a", f"{k}.jpg", "metal", "part 12").held_out for k in range(5)}
    assert len(same) == 1
