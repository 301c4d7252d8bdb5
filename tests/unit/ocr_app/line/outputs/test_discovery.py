"""What Home Assistant is told (its page "MQTT", section "MQTT discovery")."""

from ocr_app.line.outputs import discovery

TOPICS = {"state": "p/b/state", "availability": "p/b/availability", "part": "p/b/part", "resend": "p/b/resend"}


def test_every_announcement_is_one_device_with_unique_names():
    found = list(discovery.messages("ha", "b", TOPICS))
    assert {topic.split("/")[0] for topic, _ in found} == {"ha"}
    assert {topic.split("/")[1] for topic, _ in found} == {"sensor", "binary_sensor"}
    assert all(topic.endswith("/config") for topic, _ in found)
    assert len({payload["unique_id"] for _, payload in found}) == len(found) == len({topic for topic, _ in found})
    for _, payload in found:
        assert payload["state_topic"] == "p/b/state" and payload["availability_topic"] == "p/b/availability"
        assert payload["device"] == found[0][1]["device"] and "{{" in payload["value_template"]


def test_the_members_are_those_of_the_state():
    known = {"verdict", "text", "reason", "passes", "rejects", "ready", "is_degraded"}
    named = [payload["value_template"] for _, payload in discovery.messages("ha", "b", TOPICS)]
    assert all(any("value_json." + name in template for name in known) for template in named)
