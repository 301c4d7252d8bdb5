"""The demonstration, shortened, with everything real; `./inv site demo` is the whole."""

import shutil
import urllib.request

import pytest

from fleet.core.errors import SiteError
from fleet.site.proof import demo
from tests.conftest import absent


def test_it_shows_a_page_kills_a_collector_and_loses_nothing(cluster, tmp_path, capsys, monkeypatch):
    if shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin") is None:
        absent("Mosquitto", "apt-get install mosquitto")
    seen = []

    def greet(site, page, seconds):
        with urllib.request.urlopen(page.address, timeout=10) as answer:
            seen.append(answer.read().decode("utf-8"))

    for name, value in {"_greet": greet, "BOARDS": 4, "_HOURS": 1, "_KILL_EVERY_S": 2.0, "_SAY_S": 1.0}.items():
        monkeypatch.setattr(demo, name, value)
    assert demo.run(4.0, tmp_path / "demo") == 0
    said = capsys.readouterr().out
    assert "killing the collector" in said and "0 lost, 0 doubled, 0 told otherwise" in said
    assert "Overview" in seen[0]


def test_a_loss_is_an_error(monkeypatch):
    found = {"journalled": 9, "stored": 8, "lost": 1, "doubled": 0, "unknown": 0, "otherwise": 0}
    monkeypatch.setattr(demo.faults, "compare", lambda *_: found)
    site = type("Site", (), {"wait_complete": lambda *_: 0.0, "folder": "x"})()
    with pytest.raises(SiteError, match="lost"):
        demo._conclude(site, [])
