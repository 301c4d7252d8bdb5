"""The settings file of the site is as strict as that of a line."""

import attr
import pytest

from fleet.core.errors import SiteError
from fleet.site import settings
from ocr_app.core.errors import UsageError
from ocr_app.line.settings.outputs import MqttSettings


@pytest.fixture
def written(tmp_path):
    def write(text):
        (tmp_path / "site.yaml").write_text(text)
        return str(tmp_path / "site.yaml")

    return write


def test_an_empty_file_has_every_default(written):
    found = settings.load(written("mqtt:\n"))
    assert found == settings.SiteSettings()
    assert found.collect.own_name


def test_an_unknown_key_names_file_line_and_the_nearest(written):
    with pytest.raises(
        UsageError, match=r"site.yaml:2: unknown key 'grup' in collect, did you mean 'group'"
    ) as refused:
        settings.load(written("collect:\n  grup: a\n"))
    assert refused.value.next_step == settings.GUIDE


@pytest.mark.parametrize(
    "text",
    [
        "collect: {batch: 0}", "collect: {batch: many}", "mqtt: {prefix: 'a/#'}", "collect: {name: 'a b'}",
        "database: {url: 'postgresql://a:secret@host/b'}", "database: {url: 'host=a password=b'}",
        "database: {url: 'nonsense=a'}", "page: {listen: here}", "boards: {}",
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(written, text):
    with pytest.raises(UsageError):
        settings.load(written(text + "\n"))


def test_the_password_stands_in_a_file(written, tmp_path):
    (tmp_path / "secret").write_text("s3cret\nmore\n")
    assert settings.load(written("database: {password_file: secret}\n")).database.password == "s3cret"
    (tmp_path / "secret").write_text("\n")
    with pytest.raises(SiteError, match="empty"):
        _ = settings.load(written("database: {password_file: secret}\n")).database.password
    with pytest.raises(SiteError, match="password_file"):
        _ = settings.load(written("database: {password_file: absent}\n")).database.password


def test_a_file_that_is_not_there_names_one_to_copy(tmp_path):
    with pytest.raises(SiteError, match="no settings file"):
        settings.exists(str(tmp_path / "none.yaml"))


def test_the_broker_has_the_keys_of_a_line_but_those_of_home_assistant(written):
    own, of_a_line = ({field.name for field in attr.fields(cls)} for cls in (settings.SiteBroker, MqttSettings))
    assert of_a_line - own == {"discovery", "discovery_prefix"} and not own - of_a_line
    with pytest.raises(UsageError, match="unknown key 'discovery'"):
        settings.load(written("mqtt: {discovery: true}\n"))
