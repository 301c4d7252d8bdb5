"""What screens share."""

import pytest
from aiohttp import web

from ocr_app.line.page import site as sites


def test_alarms_are_told_until_they_are_acknowledged(site):
    assert site.open_alarms() == 1 and site.health()["alarms"][0]["title"] == "Disk almost full"
    assert site.alarms.acknowledge("disk_low", "anna", 3.0)
    assert site.open_alarms() == 0 and site.health()["alarms"][0]["answer"]["user"] == "anna"


def test_nothing_can_be_changed_without_users(site):
    assert site.can_change
    site.gate.users = None
    assert not site.can_change


def test_errors_have_our_words_and_never_those_of_the_request(site, ask):
    async def failing(request):
        return site.error(request, 403, "form")

    answer = ask(failing, "/<script>")
    assert answer.status == 403 and "Nothing was changed" in answer.text and "<script>" not in answer.text

    async def unknown(request):
        return site.error(request, 418, "heading")

    assert "did not understand" in ask(unknown, "/").text


def test_too_much_work_is_refused(site, ask):
    async def working(request):
        site._waiting = sites.MOST_WAITING
        return await site.work(len, "")

    with pytest.raises(web.HTTPServiceUnavailable):
        ask(working, "/")


def test_local_moments():
    assert sites.local_moment("2026-03-01T06:00:30") - sites.local_moment("2026-03-01T06:00") == 30
    for text in ("", "now", "2026-13-01T06:00"):
        with pytest.raises(ValueError):
            sites.local_moment(text)


def test_bytes_of_no_known_kind_are_no_picture(tmp_path):
    for name in ("a.png", "b.image"):
        (tmp_path / name).write_text("x")
    assert sites.has_picture(str(tmp_path), "a.png") and not sites.has_picture(str(tmp_path), "b.image")
    assert not sites.has_picture(str(tmp_path), "") and not sites.has_picture(str(tmp_path), "c.png")
