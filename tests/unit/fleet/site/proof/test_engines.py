"""A real PostgreSQL that is started, killed and started again; what is missing is named."""

import resource

import pytest

from fleet.core.errors import SiteError
from fleet.site.proof import engines
from fleet.site.proof.engines import CollectorProcess, LoopbackDatabase
from fleet.site.store import database


def test_what_was_committed_is_there_after_a_kill(cluster, tmp_path):
    own = LoopbackDatabase(tmp_path / "database").start()
    try:
        with database.connect(own.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        own.kill()
        with pytest.raises(SiteError, match="does not run"):
            _ = own.pid
        own.start()
        with database.connect(own.url) as connection:
            assert connection.execute("SELECT number FROM kept").fetchall() == [(7,)]
    finally:
        own.remove()
    assert not own.folder.is_relative_to("/var/tmp") or not own.folder.exists()


def test_without_postgresql_the_command_that_installs_it_is_named(monkeypatch):
    monkeypatch.setattr(engines.Path, "glob", lambda *_: iter(()))
    monkeypatch.setattr(engines.shutil, "which", lambda *_, **__: None)
    with pytest.raises(SiteError) as refused:
        engines.programs()
    assert refused.value.next_step == "apt-get install postgresql"


def test_without_mosquitto_the_command_that_installs_it_is_named(tmp_path, monkeypatch):
    from fleet.live import broker

    monkeypatch.setattr(broker.shutil, "which", lambda *_, **__: None)
    with pytest.raises(SiteError) as refused:
        engines.started_broker(engines.make_broker(tmp_path))
    assert refused.value.next_step == "apt-get install mosquitto"


def test_the_broker_has_what_the_site_recommends():
    access, keeping = engines.broker_lines()
    assert access == "allow_anonymous true\n"
    assert {"max_inflight_messages 0", "autosave_interval 60"} <= set(keeping.splitlines())
    assert "persistence true" not in keeping  # the broker of a test has that already


def test_a_collector_that_ends_at_once_is_quoted(tmp_path):
    made = CollectorProcess(tmp_path, tmp_path / "none.yaml", "c").start()
    with pytest.raises(SiteError, match=r"no settings file|next:"):
        made.wait_connected()
    made.kill()
    assert made.stop() is None


def test_the_limit_of_files_is_raised_and_never_lowered(monkeypatch):
    limits = {"now": (100, 4000)}
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits["now"])
    monkeypatch.setattr(resource, "setrlimit", lambda _, new: limits.update(now=new))
    assert engines.raise_file_limit(8192) == 4000
    assert engines.raise_file_limit(200) == 4000
