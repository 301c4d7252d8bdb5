"""The plan of a board."""

import json

import pytest

from ocr_app.benchmark.campaign.plan import CampaignPart, load_plan
from ocr_app.core.errors import UsageError

PLAN = {
    "schema": "nano-ocr/campaign-plan/1",
    "campaign": "one",
    "host": "nano-1",
    "parts": [{"name": "run__codes", "kind": "run", "command": ["ocr-app", "benchmark", "set"]}],
    "services": ["nano-ocr.service"],
    "units": ["nano-ocr-switch.service"],
    "locks": "/run/locks",
    "timeout_s": 60.0,
    "again": False,
}


def written(tmp_path, **changes):
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(dict(PLAN, **changes)))
    return str(path)


def test_a_plan_is_read(tmp_path):
    plan = load_plan(written(tmp_path))
    assert plan.parts == (CampaignPart("run__codes", "run", ("ocr-app", "benchmark", "set")),)
    assert (plan.services, plan.units, plan.again) == (("nano-ocr.service",), ("nano-ocr-switch.service",), False)


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": "nano-ocr/campaign-plan/2"},
        {"parts": [{"name": "a", "kind": "unknown", "command": ["x"]}]},
        {"parts": [{"name": "../a", "kind": "run", "command": ["x"]}]},
        {"parts": [{"name": "a", "kind": "run", "command": []}]},
        {"parts": [{"name": "a", "kind": "run"}]},
        {"parts": [3]},
        {"parts": None},
        {"more": 1},
    ],
)
def test_anything_else_is_refused(tmp_path, changes):
    with pytest.raises(UsageError):
        load_plan(written(tmp_path, **changes))


@pytest.mark.parametrize("text", ["", "[]", "{", '"plan"'])
def test_a_file_that_is_no_plan_is_refused(tmp_path, text):
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(UsageError):
        load_plan(str(path))
    with pytest.raises(UsageError):
        load_plan(str(tmp_path / "missing.json"))


def test_a_key_changes_with_the_command_and_the_application():
    part = CampaignPart("a", "run", ("ocr-app", "benchmark"))
    assert part.key("1") == part._replace(name="b").key("1")
    assert len({part.key("1"), part.key("2"), part._replace(command=("ocr-app",)).key("1")}) == 3
