"""Settings that nobody gave."""

from fleet.gateway.settings import GatewaySettings


def test_by_default_it_serves_this_computer_alone():
    assert GatewaySettings("b", 1883).listen == "127.0.0.1:4840" and not GatewaySettings("b", 1883).is_open
