"""The detector's loss: balanced cross-entropy and dice on the band, absolute error on the height."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as fn

_NEGATIVES = 3.0  # cells without a band that count, per cell with one; the worst ones are taken (hard-example mining)
_FEWEST = 1000  # at least this many such cells, so that frames without a code teach something too


@dataclass(frozen=True)
class DetectorBatch:
    """Normalised images (N, 1, H, W), and labels (N, 4, H/4, W/4): band, octaves, line, weight."""

    images: Tensor
    labels: Tensor


def loss(maps: Tensor, labels: Tensor) -> Tensor:
    """The loss, a scalar, of maps (N, 2, h, w) in float32 and labels (N, 4, h, w)."""
    band, octaves, line, known = labels.unbind(1)
    return band_loss(maps[:, 0], band, known) + 0.5 * height_loss(maps[:, 1], octaves, line * known)


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
