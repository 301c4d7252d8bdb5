"""The page of the measurements, and what it must not hide."""

import copy
import json

import pytest

from fleet.core.errors import SiteError
from fleet.core.files import ROOT
from fleet.site.proof import faults, report, scale

RECORD = json.loads((ROOT / "docs" / "results" / "site.json").read_text(encoding="utf-8"))


def test_the_committed_page_is_the_generated_one():
    assert (ROOT / "docs" / "results" / "site.md").read_text(encoding="utf-8") == report.page(RECORD)


def test_the_committed_figures_cover_every_fault_and_lose_nothing():
    assert report.problems(RECORD) == []
    assert [row["kind"] for row in RECORD["faults"]["kinds"]] == list(faults.KINDS)
    assert all(row["journalled"] == row["stored"] > 1000 for row in RECORD["faults"]["kinds"])
    assert sum(row["lost"] for row in RECORD["without_asking"]["kinds"]) > 0  # so that a loss would be seen
    assert tuple(row["connections"] for row in RECORD["connections"]) == scale.CONNECTIONS
    assert tuple(row["collectors"] for row in RECORD["throughput"]) == scale.COLLECTORS


def test_cost_of_the_broker_stays_flat():
    first, last = RECORD["connections"][0], RECORD["connections"][-1]
    assert last["memory_kb"] / first["memory_kb"] < 1.25
    assert last["us_each"]["broker"] / first["us_each"]["broker"] < 1.5


@pytest.mark.parametrize("name", ["lost", "doubled", "unknown", "otherwise"])
def test_anything_lost_or_doubled_is_a_problem_in_the_page(name):
    record = copy.deepcopy(RECORD)
    record["faults"]["kinds"][2][name] = 3
    assert report.problems(record) == [f"3 x {name} (collector gone)"]
    assert f"**3 x {name}" in report.page(record)


def test_a_short_run_is_not_published():
    with pytest.raises(SiteError, match="quick"):
        report.run(publish=True, quick=True)


def test_the_machine_is_named():
    found = report.machine()
    assert found["cores"] >= 1 and "PostgreSQL" in found["postgresql"] and "mosquitto" in found["mosquitto"]
