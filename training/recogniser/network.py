"""The network: plain 3x3 convolutions, batch normalisation and ReLU, ending in CTC logits.

A Maxwell GPU with TensorRT 8.2 runs these well, and half precision cannot break them: there is no depthwise or grouped
convolution, no attention, no recurrence and no exponential inside.

During training, a convolution is the sum of a 3x3, a 1x1 and (where the shapes allow it) an identity branch, added in
kernel space before the convolution runs, so that the branches cost almost nothing (online re-parameterisation: Hu
et al., "Online Convolutional Re-parameterization", CVPR 2022, after Ding et al., "RepVGG", CVPR 2021). ``folded``
leaves one convolution with a bias.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class Widths:
    """The channels of each stage, and the number of convolutions after the one that changes the shape.

    Stages see 16, 8, 4 and 1 rows.
    """

    stem: int = 24
    half: int = 32
    quarter: int = 64
    eighth: int = 96
    neck: int = 128
    quarter_depth: int = 2
    eighth_depth: int = 2
    neck_depth: int = 2
    eighth_stride: int = 1  # with 2, a time step is 8 pixels wide

    @property
    def step(self) -> int:
        """Input pixels of one time step."""
        return 4 * self.eighth_stride


class RepConv(nn.Module):
    """Convolution, batch normalisation, ReLU; (N, C, H, W) in and out. ``kernel`` is (rows, columns), both odd."""

    def __init__(
        self, inputs: int, outputs: int, stride: tuple[int, int] = (1, 1), kernel: tuple[int, int] = (3, 3)
    ) -> None:
        """With stride 1 and equal channels there is an identity branch as well."""
        super().__init__()
        self.stride, self.kernel = stride, kernel
        self.padding = (kernel[0] // 2, kernel[1] // 2)
        self.weight = nn.Parameter(torch.empty(outputs, inputs, *kernel))
        nn.init.kaiming_normal_(self.weight, mode="fan_out", nonlinearity="relu")
        self.point = nn.Parameter(torch.zeros(outputs, inputs))
        self.identity = nn.Parameter(torch.full((outputs,), 0.5)) if inputs == outputs and stride == (1, 1) else None
        self.norm = nn.BatchNorm2d(outputs)

    def merged(self) -> Tensor:
        """The sum of all branches as one kernel (outputs, inputs, rows, columns)."""
        centre = self.point if self.identity is None else self.point + torch.diag(self.identity)
        rows, columns = self.kernel
        spread = (columns // 2, columns // 2, rows // 2, rows // 2)
        return self.weight + functional.pad(centre[:, :, None, None], spread)

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        return functional.relu(self.norm(functional.conv2d(x, self.merged(), None, self.stride, self.padding)))

    def folded(self) -> nn.Conv2d:
        """The same function in evaluation mode as one convolution with a bias, without its ReLU."""
        outputs, inputs = self.weight.shape[:2]
        plain = nn.Conv2d(inputs, outputs, self.kernel, self.stride, self.padding)
        scale = self.norm.weight / torch.sqrt(self.norm.running_var + self.norm.eps)  # type: ignore[arg-type, operator]
        with torch.no_grad():
            plain.weight.copy_(self.merged() * scale[:, None, None, None])
            plain.bias.copy_(self.norm.bias - self.norm.running_mean * scale)  # type: ignore[union-attr, operator]
        return plain


class RecogniserNetwork(nn.Module):
    """(N, 1, 32, W) normalised grey, W a multiple of 8, to logits (N, W / step, classes); class 0 is the blank."""

    def __init__(self, classes: int, widths: Widths | None = None) -> None:
        """``classes`` includes the blank."""
        super().__init__()
        w = widths or Widths()
        layers: list[nn.Module] = [
            RepConv(1, w.stem, (2, 2)),
            RepConv(w.stem, w.half),
            RepConv(w.half, w.quarter, (2, 2)),
            *(RepConv(w.quarter, w.quarter) for _ in range(w.quarter_depth)),
            RepConv(w.quarter, w.eighth, (2, w.eighth_stride)),
            *(RepConv(w.eighth, w.eighth) for _ in range(w.eighth_depth)),
        ]
        self.body = nn.Sequential(*layers)
        self.fold = nn.Conv2d(w.eighth, w.neck, (4, 1), bias=False)
        self.fold_norm = nn.BatchNorm2d(w.neck)
        self.neck = nn.Sequential(*(RepConv(w.neck, w.neck, kernel=(1, 3)) for _ in range(w.neck_depth)))
        self.drop = nn.Dropout(0.1)
        self.head = nn.Conv2d(w.neck, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        rows = functional.relu(self.fold_norm(self.fold(self.body(x))))
        return self.head(self.drop(self.neck(rows)))[:, :, 0].transpose(1, 2)


class FoldedRecogniser(nn.Module):
    """The network that is exported: branches and normalisation are folded."""

    def __init__(self, trained: RecogniserNetwork) -> None:
        """From a network in evaluation mode, which is left unchanged."""
        super().__init__()
        layers: list[nn.Module] = []
        for block in trained.body:
            layers += [block.folded(), nn.ReLU()]  # type: ignore[operator]
        layers += [_folded_plain(trained.fold, trained.fold_norm), nn.ReLU()]
        for block in trained.neck:
            layers += [block.folded(), nn.ReLU()]  # type: ignore[operator]
        head = nn.Conv2d(trained.head.in_channels, trained.head.out_channels, 1)
        head.load_state_dict(trained.head.state_dict())
        self.layers = nn.Sequential(*layers, head)

    def forward(self, image: Tensor) -> Tensor:
        """See ``RecogniserNetwork``."""
        return self.layers(image).squeeze(2).transpose(1, 2)  # type: ignore[no-any-return]


def _folded_plain(convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> nn.Conv2d:
    plain = nn.Conv2d(convolution.in_channels, convolution.out_channels, convolution.kernel_size)  # type: ignore[arg-type]
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)  # type: ignore[arg-type, operator]
    with torch.no_grad():
        plain.weight.copy_(convolution.weight * scale[:, None, None, None])
        plain.bias.copy_(norm.bias - norm.running_mean * scale)  # type: ignore[union-attr, operator]
    return plain
