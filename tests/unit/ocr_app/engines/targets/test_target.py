"""The targets by name."""

from types import SimpleNamespace

import pytest
from engine_files import PLATFORM

from ocr_app.core.errors import UsageError
from ocr_app.engines.targets import target


@pytest.mark.parametrize("name", target.TARGETS)
def test_every_target_has_the_same_interface(name):
    module = target.module_of(name)
    assert "fp32" in module.PRECISIONS
    assert all(callable(getattr(module, function)) for function in ("current_platform", "make", "load"))


def test_an_unknown_target_is_refused():
    with pytest.raises(UsageError, match="unknown target: openvino"):
        target.module_of("openvino")


def test_a_platform_is_found_once(monkeypatch):
    calls = []

    def current_platform():
        calls.append(1)
        return PLATFORM

    monkeypatch.setattr(target, "module_of", lambda name: SimpleNamespace(current_platform=current_platform))
    platform_of = target.here()
    assert platform_of("tensorrt") is platform_of("tensorrt") is PLATFORM and calls == [1]
