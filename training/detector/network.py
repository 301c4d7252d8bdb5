"""The network: plain 3x3 convolutions down to stride 32, summed back up to stride 4, and a three-map head.

During training, each 3x3 layer is the sum of a 3x3, a 1x1 and an identity branch whose weights are added *before* the
convolution (online re-parameterisation, Hu et al., OREPA, CVPR 2022). Training therefore costs one convolution per
layer, and the exported network is the same function with batch normalisation folded in as well.
"""

from __future__ import annotations

import copy
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as fn


class SummedConv(nn.Module):
    """Convolution 3x3 (its kernel a sum of three branches), batch normalisation, ReLU."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1, dilation: int = 1) -> None:
        super().__init__()
        self.stride, self.dilation = stride, dilation
        self.square = nn.Parameter(torch.empty(outputs, inputs, 3, 3))
        self.point = nn.Parameter(torch.empty(outputs, inputs, 1, 1))
        self.square_scale = nn.Parameter(torch.ones(outputs, 1, 1, 1))
        self.point_scale = nn.Parameter(torch.full((outputs, 1, 1, 1), 0.3))
        nn.init.kaiming_normal_(self.square, nonlinearity="relu")
        nn.init.kaiming_normal_(self.point, nonlinearity="relu")
        self.same = nn.Parameter(torch.full((outputs, 1, 1, 1), 0.3)) if inputs == outputs else None
        self.norm = nn.BatchNorm2d(outputs)

    def kernel(self) -> Tensor:
        """The (O, I, 3, 3) kernel that the branches add up to."""
        middle = self.point * self.point_scale
        if self.same is not None:
            middle = middle + self.same * torch.eye(self.square.shape[0], device=middle.device)[:, :, None, None]
        return self.square * self.square_scale + fn.pad(middle, (1, 1, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return fn.relu(self.norm(fn.conv2d(x, self.kernel(), None, self.stride, self.dilation, self.dilation)))


class Lateral(nn.Module):
    """Convolution 1x1 and batch normalisation."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        return cast(Tensor, self.norm(self.conv(x)))


class DetectorNetwork(nn.Module):
    """(N, 1, H, W) grey to (N, 3, H/4, W/4) maps: logit of the band, log2(line height / 16 px), logit of a code.

    Args:
        widths: channels at strides 2, 4, 8, 16 and 32.
        depths: 3x3 layers at strides 4, 8, 16 and 32, including the one that halves the size.
        neck: channels of the upward path and of the head.
        dilations: of further 3x3 layers at stride 32, which let the network see whole lines of large print.
    """

    def __init__(
        self,
        widths: tuple[int, ...] = (16, 32, 64, 96, 128),
        depths: tuple[int, ...] = (2, 2, 3, 3),
        neck: int = 32,
        dilations: tuple[int, ...] = (),
    ) -> None:
        super().__init__()
        self.stem = SummedConv(1, widths[0], 2)
        self.stages = nn.ModuleList(
            nn.Sequential(SummedConv(a, b, 2), *(SummedConv(b, b) for _ in range(depth - 1)))
            for a, b, depth in zip(widths[:-1], widths[1:], depths, strict=True)
        )
        self.wide = nn.Sequential(*(SummedConv(widths[-1], widths[-1], 1, dilation) for dilation in dilations))
        self.laterals = nn.ModuleList(Lateral(width, neck) for width in widths[1:])
        self.smooth = nn.ModuleList(SummedConv(neck, neck) for _ in widths[2:-1])
        self.head = SummedConv(neck, neck)
        self.maps = nn.Conv2d(neck, 3, 1)
        nn.init.normal_(self.maps.weight, std=0.01)
        nn.init.constant_(self.maps.bias, 0.0)
        with torch.no_grad():
            cast(Tensor, self.maps.bias)[0] = -3.0

    def forward(self, image: Tensor) -> Tensor:
        x = self.stem(image)
        levels = []
        for stage, lateral in zip(self.stages, self.laterals, strict=True):
            x = stage(x)
            if stage is self.stages[-1]:
                x = self.wide(x)
            levels.append(lateral(x))
        up = levels.pop()
        for smooth in self.smooth:
            up = smooth(fn.interpolate(up, scale_factor=2.0, mode="nearest") + levels.pop())
        top = self.head(fn.interpolate(up, scale_factor=2.0, mode="nearest") + levels.pop())
        return cast(Tensor, self.maps(top))


def folded(network: DetectorNetwork) -> DetectorNetwork:
    """A copy for inference in which every branch and batch normalisation is part of one convolution's weights."""
    plain = copy.deepcopy(network).eval()
    _fold(plain)
    return plain


def _fold(module: nn.Module) -> None:
    for name, child in module.named_children():
        if isinstance(child, SummedConv):
            conv = _with_norm(child.kernel(), child.norm, child.stride, child.dilation, child.dilation)
            setattr(module, name, nn.Sequential(conv, nn.ReLU()))
        elif isinstance(child, Lateral):
            setattr(module, name, _with_norm(child.conv.weight, child.norm, 1, 0))
        else:
            _fold(child)


def _with_norm(kernel: Tensor, norm: nn.BatchNorm2d, stride: int, padding: int, dilation: int = 1) -> nn.Conv2d:
    """A convolution that computes ``kernel`` followed by ``norm`` in evaluation mode."""
    spread = torch.sqrt(cast(Tensor, norm.running_var) + norm.eps)
    gain = norm.weight / spread
    conv = nn.Conv2d(kernel.shape[1], kernel.shape[0], kernel.shape[2], stride, padding, dilation)
    with torch.no_grad():
        conv.weight.copy_(kernel * gain[:, None, None, None])
        cast(Tensor, conv.bias).copy_(norm.bias - cast(Tensor, norm.running_mean) * gain)
    return conv
