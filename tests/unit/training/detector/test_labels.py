import numpy as np
import pytest

from ocr_app.readers.codes.detector import CodeDetectorSettings, lines_from_maps
from training.detector import labels
from training.detector.matching import covered, overlap

NONE = np.zeros((0, 4, 2), dtype=np.float32)


def quad(x0, y0, x1, y1):
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=np.float32)


def turned(corners, angle, middle):
    c, s = np.cos(angle), np.sin(angle)
    return ((corners - middle) @ np.array([[c, s], [-s, c]]) + middle).astype(np.float32)


def answer(lab):
    """Maps of a network that answers exactly what the labels ask for."""
    chance = np.clip(lab.band, 1e-4, 1 - 1e-4)
    return np.stack([np.log(chance / (1 - chance)), lab.octaves, 16 * lab.code - 8])


def test_a_band_covers_the_middle_half_and_ends_a_quarter_height_early():
    lab = labels.draw((96, 320), quad(40, 32, 280, 64)[None], NONE)
    rows, columns = np.nonzero(lab.band > 0.5)
    assert (rows.min() * 4, (rows.max() + 1) * 4) == (40, 56)
    assert (columns.min() * 4, (columns.max() + 1) * 4) == (48, 272)


def test_heights_are_octaves_above_16_px_within_the_line():
    lab = labels.draw((96, 320), quad(40, 32, 280, 64)[None], NONE)
    assert np.allclose(lab.octaves[lab.line > 0], 1.0, atol=0.05)
    assert 60 * 8 <= lab.line.sum() <= 62 * 10  # cells that the rim only touches may count


@pytest.mark.parametrize("angle", [0.0, 0.05, -0.2, 0.7])
@pytest.mark.parametrize("height", [9, 16, 30])
def test_the_app_finds_the_line_again_in_perfect_maps(angle, height):
    truth = turned(quad(100, 150, 300, 150 + height), angle, np.array([200, 150 + height / 2]))
    found = lines_from_maps(answer(labels.draw((320, 416), truth[None], NONE)), CodeDetectorSettings())
    assert len(found) == 1
    assert overlap(truth, found[0].quad) > 0.6
    assert covered(truth, found[0].quad) > 0.97


def test_lines_close_to_each_other_stay_apart():
    both = np.stack([quad(40, 40, 240, 58), quad(40, 61, 240, 79)])
    found = lines_from_maps(answer(labels.draw((128, 320), both, NONE)), CodeDetectorSettings())
    assert len(found) == 2


def test_unsure_places_are_left_out_but_a_line_on_them_is_learnt():
    unsure, line = quad(0, 0, 160, 64), quad(40, 16, 120, 48)
    lab = labels.draw((64, 160), line[None], unsure[None])
    assert lab.known[8, 20] == 1.0
    assert lab.known[8, 3] == 0.0


def test_a_line_too_low_for_the_app_is_left_out():
    lab = labels.draw((64, 160), quad(40, 30, 120, 35)[None], NONE)
    assert lab.band.max() == 0.0
    assert lab.known[8, 20] == 0.0


def test_sides_that_are_no_multiples_of_a_cell_are_refused():
    with pytest.raises(ValueError, match="multiples of 4"):
        labels.draw((63, 160), NONE, NONE)


def test_codes_are_told_from_words_and_texts_of_unknown_kind_are_not_sorted():
    code, word, text = (quad(8, y, 152, y + 16) for y in (8, 32, 56))
    lab = labels.draw((80, 160), code[None], NONE, word[None], text[None])
    rows = [int(part.mean(axis=0)[1] / 4) for part in (code, word, text)]
    assert [float(lab.code[row, 20]) for row in rows] == [1.0, 0.0, 0.0]
    assert [float(lab.sorted[row, 20]) for row in rows] == [1.0, 1.0, 0.0]
    assert all(lab.band[row, 20] > 0.9 for row in rows)
    assert lab.stacked().shape == (6, 20, 40)
    codes = [line.code for line in lines_from_maps(answer(lab), CodeDetectorSettings())]
    assert sorted(code > 0.5 for code in codes) == [False, False, True]
