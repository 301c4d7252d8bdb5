"""Every key of the settings says what it is, in which unit, and within which bounds."""

import attr
import pytest

from ocr_app.imaging.load import Limits
from ocr_app.line.settings.fields import value_type
from ocr_app.line.settings.service import ServiceSettings, keys

KEYS = list(keys())
NAMES = ["{}.{}".format(section, field.name) for section, field in KEYS]


@pytest.mark.parametrize("section,field", KEYS, ids=NAMES)
def test_a_key_has_a_description_of_one_sentence(section, field):
    about = field.metadata["about"]
    assert about.endswith(".") and about[0].isupper() and ". " not in about


@pytest.mark.parametrize("section,field", KEYS, ids=NAMES)
def test_a_number_has_bounds_and_a_unit(section, field):
    metadata = field.metadata
    if value_type(field) in (int, float):
        assert metadata["least"] is not None and metadata["most"] is not None
        assert metadata["unit"] or field.name in ("threads", "restarts")
        assert not field.name.endswith("_s") or metadata["unit"] == "s"
        assert not field.name.endswith("_ms") or metadata["unit"] == "ms"


def test_flags_are_not_shared():
    flags = [field.metadata["flag"] for _, field in KEYS if field.metadata["flag"]]
    assert len(flags) == len(set(flags))


def test_sections_are_described():
    for section in attr.fields(ServiceSettings):
        assert section.metadata["about"].endswith(".") and attr.has(section.type)


def test_limits_of_images_are_those_of_the_other_verbs():
    image = ServiceSettings().image
    assert Limits(image.max_pixels, image.max_bytes, image.min_side) == Limits()


def test_the_defaults():
    assert {name: value for name, value in attr.asdict(ServiceSettings()).items() if name != "image"} == {
        "reader": {
            "name": "codes",
            "team": None,
            "budget_ms": None,
            "device": "cpu",
            "precision": "fp32",
            "threads": 2,
            "processes": 1,
            "engine": "image",
            "packs": "",
            "build_engines": False,
        },
        "recipe": {
            "file": "",
            "folder": "",
            "expected": {},
            "expected_file": "",
            "expected_age_s": 0.0,
            "clock": "synced",
            "deadline_ms": None,
            "challenge": "",
        },
        "http": {"listen": "127.0.0.1:8088", "answer_s": 30.0, "connection_s": 10.0},
        "folder": {"watch": "", "after": "keep", "frame_every_s": 0.0},
        "output": {"results": ""},
        "source": {
            "kind": "none", "path": "", "rate_hz": 2.0, "repeat": False, "after": "keep", "silent_s": 0.0,
            "retry_s": 1.0, "retry_most_s": 30.0,
        },
        "camera": {
            "device": "", "url": "", "pipeline": "", "format": "raw", "width": 0, "height": 0, "rate_hz": 0,
            "region": [], "exposure_us": 0.0, "controls": "", "user": "", "password_file": "", "password_env": "",
            "transport": "tcp", "quality": 95, "open_s": 20.0, "timeout_s": 5.0, "frozen_s": 0.0,
            "latency_ms": 0.0, "waiting": 4,
        },
        "trigger": {
            "kind": "frame", "delay_ms": 0.0, "debounce_ms": 20.0, "frame_ms": 1000.0,
            "frames": 1, "frames_agree": 2, "topic": "", "pin": 0,
            "edge": "rising", "presence_level": 6.0, "presence_still": 3.0,
        },
        "parts": {"policy": "every", "queue": 4, "limit_ms": 10000},
        "journal": {
            "folder": "", "board": "", "keep_parts": 1000000, "pictures": "rejects", "passes_mb": 200,
            "rejects_mb": 2000, "low_water_mb": 300,
        },
        "mqtt": {
            "host": "", "port": 1883, "prefix": "nano-ocr", "user": "", "password_file": "", "password_env": "",
            "tls": False, "ca_file": "", "certificate_file": "", "key_file": "", "keepalive_s": 15,
            "discovery": False, "discovery_prefix": "homeassistant",
        },
        "webhook": {
            "url": "", "secret_file": "", "secret_env": "", "ca_file": "", "timeout_s": 5.0, "retry_s": 1.0,
            "retry_most_s": 60.0,
        },
        "upload": {
            "url": "", "user": "", "password_file": "", "password_env": "", "ca_file": "", "timeout_s": 10.0,
            "retry_s": 5.0, "retry_most_s": 300.0,
        },
        "modbus": {"listen": "none", "acknowledge": False, "waiting": 64},
        "plc": {
            "address": "none", "unit": 1, "register": 0, "acknowledge": True, "late_ms": 2000.0, "poll_ms": 20.0,
            "timeout_s": 2.0, "retry_s": 0.5, "retry_most_s": 10.0,
        },
        "reject": {
            "gpio": "none", "pin": 0, "delay_ms": 0.0, "length_ms": 100.0, "watchdog_pin": 0, "watchdog_ms": 250.0,
        },
        "page": {
            "listen": "none", "users_file": "", "look": "sign-in", "idle_min": 30, "name": "", "shifts": {},
            "certificate_file": "",
            "key_file": "",
        },
        "limits": {
            "queue": 8,
            "reading_s": 10.0,
            "opening_s": 300.0,
            "building_s": 7200.0,
            "retry_s": 30.0,
            "restarts": 5,
        },
        "health": {"disk_mb": 500, "memory_mb": 150, "heartbeat_s": 1.0},
        "log": {"level": "info"},
    }  # fmt: skip
    assert (ServiceSettings().image.preprocess, ServiceSettings().image.regions) == ("raw", ())
