"""The detector's loss: cross-entropy and dice on the band, absolute error on the height, cross-entropy on the class."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as fn

_NEGATIVES = 3.0  # cells without a band that count, per cell with one; the worst ones are taken (hard-example mining)
_FEWEST = 1000  # at least this many such cells, so that frames without a code teach something too


@dataclass(frozen=True)
class DetectorBatch:
    """Normalised images (N, 1, H, W), and labels (N, 6, H/4, W/4) as ``Labels.stacked``."""

    images: Tensor
    labels: Tensor


def loss(maps: Tensor, labels: Tensor) -> Tensor:
    """The loss, a scalar, of maps (N, 3, h, w) in float32 and labels (N, 6, h, w)."""
    band, octaves, line, known, code, sort = labels.unbind(1)
    found = band_loss(maps[:, 0], band, known) + 0.5 * height_loss(maps[:, 1], octaves, line * known)
    return found + 0.5 * class_loss(maps[:, 2], code, sort * (band > 0.5))


def band_loss(logits: Tensor, band: Tensor, known: Tensor) -> Tensor:
    """Cross-entropy over band cells and the hardest others (3 per band cell), plus dice (Milletari et al. 2016)."""
    each = fn.binary_cross_entropy_with_logits(logits, band, reduction="none") * known
    touched = ((band > 0.05) & (known > 0)).float()
    positives = (touched * known).sum()
    others = (each * (1.0 - touched)).flatten()
    count = int(min(others.numel(), max(_FEWEST, _NEGATIVES * float(positives))))
    hardest = torch.topk(others, count, sorted=False).values.sum()
    entropy = ((each * touched).sum() + hardest) / (positives + count)
    sure = (known > 0).float()
    chance = torch.sigmoid(logits) * sure
    shared = 2.0 * (chance * band).sum() + 1.0
    dice = 1.0 - shared / ((chance * chance).sum() + (band * band * sure).sum() + 1.0)
    return 3.0 * entropy + dice


def height_loss(found: Tensor, octaves: Tensor, line: Tensor) -> Tensor:
    """The mean absolute error in octaves over the cells of lines."""
    return ((found - octaves).abs() * line).sum() / (line.sum() + 1.0)


def class_loss(logits: Tensor, code: Tensor, sure: Tensor) -> Tensor:
    """Cross-entropy over the cells of sure lines; codes and other text weigh the same, however many there are."""
    each = fn.binary_cross_entropy_with_logits(logits, code, reduction="none")
    parts = [(each * weight).sum() / (weight.sum() + 1.0) for weight in (sure * code, sure * (1.0 - code))]
    return 0.5 * (parts[0] + parts[1])
