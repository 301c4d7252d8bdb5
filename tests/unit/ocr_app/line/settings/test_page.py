"""The section of the page, and what has to hold for it."""

import attr
import pytest

from ocr_app.core.errors import UsageError
from ocr_app.line.settings.live import check_line
from ocr_app.line.settings.page import PageSettings
from ocr_app.line.settings.production import JournalSettings, SourceSettings
from ocr_app.line.settings.reading import RecipeSettings
from ocr_app.line.settings.service import ServiceSettings


def settings(**page):
    return ServiceSettings(
        source=SourceSettings(kind="http"), recipe=RecipeSettings(file="r.yaml"), journal=JournalSettings(folder="j"),
        page=PageSettings(**page),
    )  # fmt: skip


@pytest.mark.parametrize("listen, enabled, host, is_local", [
    ("none", False, "", False), ("127.0.0.1:8089", True, "127.0.0.1", True), ("[::1]:1", True, "::1", True),
    ("localhost:1", True, "localhost", True), ("0.0.0.0:1", True, "0.0.0.0", False),
])  # fmt: skip
def test_an_address_is_local_or_not(listen, enabled, host, is_local):
    page = PageSettings(listen=listen)
    assert (page.enabled, page.host, page.is_local) == (enabled, host, is_local)


@pytest.mark.parametrize("page, found", [
    ({"listen": "8089"}, "page.listen is 8089"), ({"listen": "127.0.0.1:x"}, "page.listen is"),
    ({"listen": "127.0.0.1:99999"}, "page.listen is"), ({"listen": "127.0.0.1:8088"}, "the same port 8088"),
    ({"listen": "0.0.0.0:8089"}, "lets other computers in"),
    ({"listen": "127.0.0.1:8089", "key_file": "k"}, "only one of page.certificate_file"),
])  # fmt: skip
def test_what_does_not_fit_is_said(page, found):
    with pytest.raises(UsageError, match=found):
        check_line(settings(**page))


def test_what_fits_is_accepted():
    check_line(settings(listen="127.0.0.1:8089"))
    check_line(settings(listen="0.0.0.0:8089", users_file="u.json"))


def test_a_page_needs_a_line():
    with pytest.raises(UsageError, match="page without a source"):
        check_line(attr.evolve(ServiceSettings(), page=PageSettings(listen="127.0.0.1:8089")))
