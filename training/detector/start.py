"""Starts a training from an exported network: its folded weights, spread over the branches again."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from training.detector.network import DetectorNetwork, Lateral, SummedConv

_CODE, _MAPS = 2, 3  # the map of codes, and how many maps there are


class StartError(RuntimeError):
    """The file does not hold a network of this shape."""


@torch.no_grad()
def warm_start(network: DetectorNetwork, file: Path, images: Tensor) -> None:
    """Give ``network`` the function of the exported one in ``file``, in place.

    The square branch of a layer becomes the folded kernel and the others become 0; layers that the file does not have
    (``network.wide``) pass their input on. Normalisation takes mean and variance from ``images`` and is set so that it
    changes nothing. A file with two maps knew codes only: its first map starts both the band and the class.

    Args:
        network: with fresh weights.
        file: an ONNX file of the same widths and depths.
        images: (N, 1, H, W) normalised, as in training.

    Raises:
        StartError: a kernel is missing or has another shape.
    """
    kernels = _kernels(file)
    layers = [m for m in network.modules() if isinstance(m, (SummedConv, Lateral)) and m not in set(network.wide)]
    if len(kernels) != len(layers) + 1:
        raise StartError(f"{file.name}: {len(kernels)} convolutions, expected {len(layers) + 1}")
    hooks = []
    order = _in_export_order(network)
    for layer, (kernel, bias) in zip(order, kernels, strict=False):
        _take(layer, kernel)
        hooks.append(layer.norm.register_forward_pre_hook(_neutral(bias)))
    for layer in cast("list[SummedConv]", list(network.wide)):
        _pass_on(layer)
        hooks.append(layer.norm.register_forward_pre_hook(_neutral(torch.zeros(layer.norm.num_features))))
    _take_maps(network.maps, *kernels[-1])
    network.eval()(images)
    for hook in hooks:
        hook.remove()


def _in_export_order(network: DetectorNetwork) -> list[SummedConv | Lateral]:
    """The layers in the order in which the exported file runs them."""
    layers: list[SummedConv | Lateral] = []
    for stage, lateral in zip(network.stages, network.laterals, strict=True):
        layers += [cast(SummedConv, layer) for layer in cast(nn.Sequential, stage)]
        layers.append(cast(Lateral, lateral))
    smooth = [cast(SummedConv, layer) for layer in network.smooth]
    return [network.stem, *layers, *smooth, network.head]


def _kernels(file: Path) -> list[tuple[Tensor, Tensor]]:
    """The kernel and bias of every convolution of a file, in its order."""
    graph = onnx.load(str(file)).graph
    arrays = {entry.name: np.array(numpy_helper.to_array(entry)) for entry in graph.initializer}
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    return [
        (torch.from_numpy(arrays[node.input[1]]).float(), torch.from_numpy(arrays[node.input[2]]).float())
        for node in convolutions
    ]


def _take(layer: SummedConv | Lateral, kernel: Tensor) -> None:
    """Make a layer's kernel the given one."""
    own = layer.square if isinstance(layer, SummedConv) else layer.conv.weight
    if own.shape != kernel.shape:
        raise StartError(f"a kernel of shape {tuple(kernel.shape)}, expected {tuple(own.shape)}")
    own.copy_(kernel)
    if isinstance(layer, SummedConv):
        layer.square_scale.fill_(1.0)
        layer.point.zero_()
        if layer.same is not None:
            layer.same.zero_()


def _pass_on(layer: SummedConv) -> None:
    """Make a layer that gives back what it gets, which is never negative behind a ReLU."""
    layer.square.mul_(0.05)
    layer.square_scale.fill_(0.0)
    layer.point.zero_()
    cast(Tensor, layer.same).fill_(1.0)


def _neutral(bias: Tensor):  # type: ignore[no-untyped-def]
    """A hook that sets a normalisation to the statistics of what it gets, and to change it by ``bias`` only."""

    def hook(norm: nn.BatchNorm2d, given: tuple[Tensor]) -> None:
        mean, variance = given[0].float().mean(dim=(0, 2, 3)), given[0].float().var(dim=(0, 2, 3), unbiased=False)
        cast(Tensor, norm.running_mean).copy_(mean)
        cast(Tensor, norm.running_var).copy_(variance)
        norm.weight.copy_(torch.sqrt(variance + norm.eps))
        norm.bias.copy_(bias + mean)

    return hook


def _take_maps(maps: nn.Conv2d, kernel: Tensor, bias: Tensor) -> None:
    if kernel.shape[1:] != maps.weight.shape[1:] or kernel.shape[0] not in (_MAPS - 1, _MAPS):
        raise StartError(f"maps of shape {tuple(kernel.shape)}, expected {tuple(maps.weight.shape)}")
    maps.weight[: len(kernel)] = kernel
    cast(Tensor, maps.bias)[: len(kernel)] = bias
    if len(kernel) < _MAPS:
        maps.weight[_CODE] = kernel[0]
        cast(Tensor, maps.bias)[_CODE] = bias[0]
