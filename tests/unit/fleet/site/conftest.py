"""A real PostgreSQL for these tests, started once; every test gets a database of its own."""

import itertools

import pytest

from fleet.core.errors import SiteError
from fleet.site.proof.engines import LoopbackDatabase, programs
from fleet.site.store import database, months
from tests.conftest import absent

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    try:
        programs()
    except SiteError:
        absent("PostgreSQL", "apt-get install postgresql")
    made = LoopbackDatabase(tmp_path_factory.mktemp("cluster") / "database", ("-c", "fsync=off")).start()
    yield made
    made.remove()


@pytest.fixture
def empty_url(cluster):
    """The address of an empty database."""
    name = f"test_{next(NUMBERS)}"
    with database.connect(cluster.url) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return cluster.url.rpartition("/")[0] + "/" + name


@pytest.fixture
def connection(empty_url):
    """A connection to a database with tables and months."""
    with database.connect(empty_url) as made:
        database.migrate(made)
        months.tend(made, 24)
        yield made


@pytest.fixture
def ask():
    """Rows of a query."""

    def rows(connection, text, *values):
        return connection.execute(text, values).fetchall()

    return rows
