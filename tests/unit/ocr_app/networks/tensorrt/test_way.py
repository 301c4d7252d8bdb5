"""The interface of both ways: neither leaves a part of it out."""

import inspect

import pytest

from ocr_app.networks.tensorrt.bindings import Bindings, BoundEngine
from ocr_app.networks.tensorrt.tensors import NamedEngine, Tensors
from ocr_app.networks.tensorrt.way import OpenedEngine, Way


@pytest.mark.parametrize(
    "kind, base", [(BoundEngine, OpenedEngine), (NamedEngine, OpenedEngine), (Bindings, Way), (Tensors, Way)]
)
def test_every_part_of_the_interface_is_there(kind, base):
    for name, function in inspect.getmembers(base, inspect.isfunction):
        own = getattr(kind, name)
        assert own is not function and inspect.signature(own) == inspect.signature(function), name
