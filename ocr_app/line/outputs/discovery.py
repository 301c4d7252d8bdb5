"""What Home Assistant is told, so that a line appears there by itself (MQTT discovery)."""

from typing import Any, Dict, Iterator, Mapping, Tuple

from ocr_app.core.version import VERSION

_SENSORS: Tuple[Tuple[str, str, str, Dict[str, str]], ...] = (
    ("verdict", "Verdict", "mdi:check-decagram", {}),
    ("text", "Code", "mdi:barcode", {}),
    ("reason", "Reason", "mdi:comment-alert", {}),
    ("passes", "Passed", "mdi:counter", {"state_class": "total_increasing"}),
    ("rejects", "Rejected", "mdi:counter", {"state_class": "total_increasing"}),
)
_BINARY: Tuple[Tuple[str, str, Dict[str, str]], ...] = (
    ("ready", "Ready", {"device_class": "running"}),
    ("is_degraded", "Problem", {"device_class": "problem"}),
)


def messages(prefix: str, board: str, topics: Mapping[str, str]) -> Iterator[Tuple[str, Dict[str, Any]]]:
    """(topic, payload) of each announcement; all are retained. ``topics``: state and availability of the board."""
    own = "nano_ocr_{}".format(board)
    device = {"identifiers": [own], "name": "nano-ocr {}".format(board), "model": "ocr-app", "sw_version": VERSION}
    common = {"availability_topic": topics["availability"], "state_topic": topics["state"], "device": device}
    for name, title, icon, more in _SENSORS:
        payload = dict(common, name=title, icon=icon, unique_id="{}_{}".format(own, name), **more)
        payload["value_template"] = "{{{{ value_json.{} }}}}".format(name)
        yield "{}/sensor/{}/{}/config".format(prefix, own, name), payload
    for name, title, more in _BINARY:
        payload = dict(common, name=title, unique_id="{}_{}".format(own, name), **more)
        payload["value_template"] = "{{{{ 'ON' if value_json.{} else 'OFF' }}}}".format(name)
        yield "{}/binary_sensor/{}/{}/config".format(prefix, own, name), payload
