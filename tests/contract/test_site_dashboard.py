"""The dashboard of the site asks for metrics that a collector has, and its SQL runs on the tables of the site."""

import json
import re
import time
from pathlib import Path

import pytest

from fleet.site.metrics import SiteMetrics
from tests.unit.fleet.site.conftest import cluster, connection, empty_url  # noqa: F401 - fixtures

ROOT = Path(__file__).resolve().parents[2]
DASHBOARD = json.loads((ROOT / "docs" / "how-to" / "site" / "nano-ocr-site.dashboard.json").read_text(encoding="utf-8"))
TARGETS = [(panel["title"], target) for panel in DASHBOARD["panels"] for target in panel["targets"]]
QUERIES = {title: target["rawSql"] for title, target in TARGETS if "rawSql" in target}


def test_every_metric_is_one_that_a_collector_has():
    known = {sample.name for family in SiteMetrics().registry.collect() for sample in family.samples}
    asked = {name for _, target in TARGETS for name in re.findall(r"nano_ocr_site_\w+", target.get("expr", ""))}
    assert len(asked) > 12 and asked <= known, asked - known


def test_panels_have_a_source_and_do_not_overlap():
    taken = set()
    for panel in DASHBOARD["panels"]:
        assert panel["datasource"]["uid"] in ("${prometheus}", "${postgresql}")
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken and at["x"] + at["w"] <= 24
        taken |= cells


@pytest.mark.parametrize("title", QUERIES)
def test_each_query_runs_on_the_tables(connection, title):  # noqa: F811
    connection.execute("INSERT INTO boards (board, heard, online) VALUES ('b', now(), true)")
    counted = "INSERT INTO hours VALUES ('b', date_trunc('hour', now()), '1', %s, %s, %s)"
    for row in (("pass", "", 3), ("fail", "expired", 1)):
        connection.execute(counted, row)
    now = int(time.time())
    span = rf"\1 BETWEEN to_timestamp({now - 86400}) AND to_timestamp({now})"
    found = connection.execute(re.sub(r"\$__timeFilter\((\w+)\)", span, QUERIES[title])).fetchall()
    columns = {"Yield by board and day": ("b", 0.75), "Rejects by reason and day": ("expired", 1)}
    columns["Parts by release and day"] = ("1", 4)
    if title == "Boards":
        assert [(row[0], row[1], row[-1]) for row in found] == [("b", True, False)]
    else:
        assert [tuple(row[1:]) for row in found] == [columns[title]]
