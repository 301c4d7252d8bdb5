"""What keeps a line from starting is found without starting it; the command is tested with it."""

import socket

from ocr_app.line import probing
from ocr_app.line.page.access import users
from ocr_app.line.settings.outputs import MqttSettings, PlcSettings, UploadSettings, WebhookSettings
from ocr_app.line.settings.page import PageSettings
from ocr_app.line.settings.production import JournalSettings, SourceSettings
from ocr_app.line.settings.service import ServiceSettings


def settings(tmp_path, **more):
    sections = {
        "source": SourceSettings(kind="replay", path=str(tmp_path)),
        "journal": JournalSettings(folder=str(tmp_path / "a" / "b")),
    }
    return ServiceSettings(**dict(sections, **more))


def states(found):
    return [(row.about, row.state) for row in found]


def test_a_source_and_a_journal(tmp_path):
    found = probing.probe(settings(tmp_path))
    assert found[0].state == "error" and "no images" in found[0].found
    (tmp_path / "a.png").write_bytes(b"")
    assert states(probing.probe(settings(tmp_path)))[0] == ("source", "ok")


def test_quotas_that_do_not_fit_on_the_disk_are_a_warning(tmp_path):
    own = JournalSettings(folder=str(tmp_path / "j"), rejects_mb=100000000)
    assert ("journal", "warning") in states(probing.probe(settings(tmp_path, journal=own)))
    assert not (tmp_path / "j").exists()


def test_a_password_that_is_not_to_be_had_is_a_row_and_no_trace(tmp_path):
    own = MqttSettings(host="127.0.0.1", port=1, user="u", password_env="NOT_THERE")
    found = [row for row in probing.probe(settings(tmp_path, mqtt=own)) if row.about == "mqtt"]
    assert [row.state for row in found] == ["error"]


def test_a_webhook_is_only_looked_at(tmp_path):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        url = "http://127.0.0.1:{}/parts".format(server.getsockname()[1])
        found = probing.probe(settings(tmp_path, webhook=WebhookSettings(url=url)))
        assert ("webhook", "ok") in states(found)
        server.accept()[0].close()
    found = probing.probe(settings(tmp_path, webhook=WebhookSettings(url="http://127.0.0.1:1/parts")))
    assert ("webhook", "error") in states(found)


def test_a_store_of_pictures_is_only_looked_at(tmp_path):
    found = probing.probe(settings(tmp_path, upload=UploadSettings(url="http://127.0.0.1:1/pictures")))
    assert ("upload", "error") in states(found)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        url = "http://127.0.0.1:{}/pictures".format(server.getsockname()[1])
        found = probing.probe(settings(tmp_path, upload=UploadSettings(url=url)))
        server.accept()[0].close()
    assert ("upload", "ok") in states(found) and ("upload", "warning") not in states(found)


def test_a_plc_that_is_away_is_an_error_and_weak_settings_are_said(tmp_path):
    own = PlcSettings(address="127.0.0.1:1", acknowledge=False, late_ms=0.0, timeout_s=0.2)
    rows = [row for row in probing.probe(settings(tmp_path, plc=own)) if row.about == "plc"]
    assert [row.state for row in rows] == ["error", "warning", "warning"]


def of_page(tmp_path, **own):
    found = probing.probe(settings(tmp_path, page=PageSettings(**own)))
    return [(row.state, row.found) for row in found if row.about == "page"]


def test_weak_settings_of_the_page_are_warnings(tmp_path):
    rows = of_page(tmp_path, listen="127.0.0.1:0")
    assert rows[0][0] == "ok" and rows[1][0] == "warning" and "no page.users_file" in rows[1][1]
    path = tmp_path / "u.json"
    users.add(str(path), "vera", "viewer", "look but do not touch")
    path.chmod(0o644)
    rows = of_page(tmp_path, listen="0.0.0.0:0", users_file=str(path), look="open", idle_min=600)
    text = " ".join(found for state, found in rows if state == "warning")
    weaknesses = (
        "others may read",
        "nobody can acknowledge",
        "own certificate",
        "page.look is open",
        "idle_min is 600",
    )
    for weak in weaknesses:
        assert weak in text


def test_what_keeps_the_page_from_starting_is_an_error(tmp_path):
    assert "error" in [state for state, _ in of_page(tmp_path, listen="127.0.0.1:0", users_file=str(tmp_path / "none"))]
    (tmp_path / "c").write_text("x")
    own = {"certificate_file": str(tmp_path / "c"), "key_file": str(tmp_path / "c")}
    assert "error" in [state for state, _ in of_page(tmp_path, listen="127.0.0.1:0", **own)]
