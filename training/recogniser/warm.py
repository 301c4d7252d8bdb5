"""Starts a training from the network of an exported file, with classes that the file does not know.

The exported convolutions have their branches and normalisation folded into them. Here they become the 3x3 branch, and
each normalisation gets the mean and variance that its convolution has on some lines, with the scale and shift that
undo them: in evaluation mode the function is that of the file, and in training mode nearly so.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from training.recogniser import pool
from training.recogniser.feed import RecogniserTarget, normalised, pack
from training.recogniser.network import RecogniserNetwork, RepConv

UNLIKELY = -3.0  # logits by which a new lower-case class starts below its upper-case twin
_BATCH = 32  # lines


class WarmStartError(RuntimeError):
    """The file's network has other sizes or characters than the one to train."""


def start_from(network: RecogniserNetwork, file: Path, target: RecogniserTarget, shard: pool.Shard, lines: int) -> None:
    """Give ``network`` the function of ``file``; statistics are taken on the first ``lines`` lines of a shard.

    A class that the file does not know starts as the class of the same letter in upper case, and less likely.

    Raises:
        WarmStartError: other sizes, or a character that is neither in the file nor the lower case of one that is.
    """
    kernels, characters = _read(file)
    images = [
        pack([normalised(shard.crop(k)) for k in range(cut, min(cut + _BATCH, lines))], [""] * _BATCH, target).images
        for cut in range(0, lines, _BATCH)
    ]
    blocks = [*network.body, network.fold, *network.neck]
    if len(kernels) != len(blocks) + 1:
        raise WarmStartError(f"{file.name} has {len(kernels)} convolutions, the network {len(blocks) + 1}")
    with torch.no_grad():
        for block, (weight, bias) in zip(blocks, kernels[:-1], strict=True):
            norm = network.fold_norm if block is network.fold else block.norm
            images = _take(block, norm, weight, bias, images)
        _take_head(network.head, *kernels[-1], characters, target.characters)


def _read(file: Path) -> tuple[list[tuple[Tensor, Tensor]], str]:
    """The weight and bias of each convolution in order, and the characters after the blank."""
    model = onnx.load(str(file))
    values = {entry.name: torch.tensor(onnx.numpy_helper.to_array(entry)) for entry in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Identity" and node.input[0] in values:  # equal tensors are stored once
            values[node.output[0]] = values[node.input[0]]
    found = [(values[n.input[1]], values[n.input[2]]) for n in model.graph.node if n.op_type == "Conv"]
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    return found, "".join(json.loads(metadata["characters"]))


def _take(
    block: nn.Module, norm: nn.BatchNorm2d, weight: Tensor, bias: Tensor, images: Sequence[Tensor]
) -> list[Tensor]:
    """Set a convolution and its normalisation, and return what they make of the images."""
    if block.weight.shape != weight.shape:
        raise WarmStartError(f"a convolution is {tuple(weight.shape)}, not {tuple(block.weight.shape)}")  # type: ignore[arg-type, operator]
    block.weight.copy_(weight)  # type: ignore[operator]
    if isinstance(block, RepConv):
        block.point.zero_()
        if block.identity is not None:
            block.identity.zero_()
    raw = [functional.conv2d(x, weight, None, block.stride, block.padding) for x in images]  # type: ignore[arg-type]
    count = sum(x.numel() / x.shape[1] for x in raw)
    mean = torch.stack([x.double().sum(dim=(0, 2, 3)) for x in raw]).sum(dim=0) / count
    square = torch.stack([x.double().square().sum(dim=(0, 2, 3)) for x in raw]).sum(dim=0) / count
    norm.running_mean.copy_(mean)  # type: ignore[union-attr]
    norm.running_var.copy_((square - mean.square()).clamp_min(0.0))  # type: ignore[union-attr]
    norm.weight.copy_(torch.sqrt(norm.running_var + norm.eps))  # type: ignore[operator]
    norm.bias.copy_(bias + norm.running_mean)
    return [functional.relu(x + bias[:, None, None]) for x in raw]


def _take_head(head: nn.Conv2d, weight: Tensor, bias: Tensor, known: str, wanted: str) -> None:
    """Set the classes: the blank, the known ones, and lower case from upper case."""
    sources, offsets = [0], [0.0]
    for character in wanted:
        twin = character if character in known else character.upper()
        if twin not in known:
            raise WarmStartError(f"the file knows no {character!r}")
        sources.append(known.index(twin) + 1)
        offsets.append(0.0 if twin == character else UNLIKELY)
    order: NDArray[np.int64] = np.asarray(sources)
    head.weight.copy_(weight[order])
    head.bias.copy_(bias[order] + torch.tensor(offsets))  # type: ignore[union-attr]
