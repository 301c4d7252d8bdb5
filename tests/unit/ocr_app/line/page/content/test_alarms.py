"""An alarm stays acknowledged as long as it lasts, and no longer."""

from ocr_app.line.page.content.alarms import PageAlarms


def test_an_alarm_is_acknowledged_once_and_only_while_it_is_there():
    alarms = PageAlarms()
    assert alarms.look(["disk_low"]) == {}
    assert not alarms.acknowledge("camera_lost", "anna", 1.0)
    assert alarms.acknowledge("disk_low", "anna", 1.0) and not alarms.acknowledge("disk_low", "erik", 2.0)
    assert alarms.look(["disk_low"])["disk_low"] == ("anna", 1.0)


def test_one_that_comes_again_is_new():
    alarms = PageAlarms()
    alarms.look(["disk_low"])
    alarms.acknowledge("disk_low", "anna", 1.0)
    assert alarms.look([]) == {} and alarms.look(["disk_low"]) == {}
