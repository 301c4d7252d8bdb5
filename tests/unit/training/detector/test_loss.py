"""The loss: least for right maps, and blind to unknown cells."""

import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")

import torch

from training.detector.loss import band_loss, class_loss, height_loss, loss


def test_the_loss_is_least_for_right_maps_and_ignores_unknown_cells():
    labels = torch.zeros(1, 6, 8, 8)
    labels[:, 0, 3:5, 2:6] = 1.0
    labels[:, 1:3, 3:5, 2:6] = 1.0
    labels[:, 3] = 1.0
    labels[:, 4:6, 3:5, 2:6] = 1.0
    right = torch.stack([labels[:, 0] * 16 - 8, labels[:, 1], labels[:, 4] * 16 - 8], dim=1)
    wrong = right.clone()
    wrong[:, 0, 0, 0] = 8.0
    assert loss(right, labels) < 0.05
    assert loss(wrong, labels) > 2 * loss(right, labels)
    labels[:, 3, 0, 0] = 0.0
    assert torch.isclose(loss(wrong, labels), loss(right, labels), rtol=0.05)


def test_a_frame_without_lines_still_teaches():
    nothing, known = torch.zeros(1, 8, 8), torch.ones(1, 8, 8)
    assert band_loss(torch.full((1, 8, 8), 4.0), nothing, known) > 1.0
    assert height_loss(torch.ones(1, 8, 8), nothing, nothing) == 0.0


def test_the_class_is_learnt_on_sure_lines_only_and_rare_codes_weigh_as_much_as_other_text():
    code, sure = torch.zeros(1, 8, 8), torch.zeros(1, 8, 8)
    code[:, 0, 0] = 1.0
    sure[:, 0], sure[:, 1:4] = 1.0, 1.0
    all_text, all_codes = torch.full((1, 8, 8), -6.0), torch.full((1, 8, 8), 6.0)
    assert class_loss(all_text, code, sure) > 1.0
    assert class_loss(all_codes, code, sure) > 1.0
    unsure = torch.zeros(1, 8, 8)
    assert class_loss(all_codes, code, unsure) == 0.0
