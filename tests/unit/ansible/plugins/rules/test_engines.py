"""Commands of the role engines."""

from __future__ import annotations

from typing import Any

from rules import engines

from tests.unit.ansible.answers import settings


def build(**changed: Any) -> str:
    return " ".join(engines.plan(settings("engines", engines_app=["ocr-app"], **changed))["build"])


def test_the_command_that_builds() -> None:
    assert build() == (
        "ocr-app engine build --engines /var/lib/nano-ocr/data/engines --target tensorrt --reader codes "
        "--precision fp32 --limit 100 --exports /var/lib/nano-ocr/exports --plans /var/lib/nano-ocr/plans "
        "--calibration /opt/nano-ocr/app/data/nano-codes-100 --json"
    )


def test_choices_are_added() -> None:
    line = build(engines_services="a,b", engines_rebuild="true", engines_calibration=["x", "y"])
    assert line.endswith("--calibration x --calibration y --services a,b --rebuild --json")
