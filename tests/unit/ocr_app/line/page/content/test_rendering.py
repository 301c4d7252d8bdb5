"""Everything that is put into a page is escaped, and every file of the page is known by name."""

import jinja2
import pytest

from ocr_app.line.page.access.gate import PagePerson
from ocr_app.line.page.content import rendering
from ocr_app.line.page.content.rendering import PageRenderer
from ocr_app.line.page.content.words import PageTexts

COMMON = {"person": PagePerson("", "viewer"), "alarm_count": 0, "screen": "error"}


@pytest.fixture
def render():
    return PageRenderer(PageTexts(), board="<b>", has_users=False, can_change=False)


def test_values_are_escaped(render):
    html = render("error", problem='"><script>', **COMMON)
    assert "<script>" not in html and "&lt;b&gt;" in html and "&#34;&gt;&lt;script&gt;" in html


def test_a_value_that_is_missing_is_an_error(render):
    with pytest.raises(jinja2.UndefinedError):
        render("error", **COMMON)


def test_assets_are_the_files_of_the_page():
    found = rendering.assets()
    assert {"page.css", "health.js", "live.js", "part.js", "regions.js", "rejects.js", "icon.svg"} == set(found)
    assert found["page.css"].kind == "text/css" and b"http" not in found["page.css"].data
    assert not any(b"innerHTML" in its.data or b"eval(" in its.data for its in found.values())


def test_numbers_are_for_people():
    assert rendering.share(0.99999) == "99.9 %" and rendering.share(1) == "100.0 %" and rendering.share(None) == "–"
    assert rendering.milliseconds(312.4) == "312 ms" and rendering.milliseconds(3124) == "3.1 s"
    assert rendering.milliseconds(None) == "–" and len(rendering.moment(0)) == 19
    assert rendering.as_json({"a": "<"}) == '{"a": "<"}'
