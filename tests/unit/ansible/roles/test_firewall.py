"""The template of the firewall's rules."""

from pathlib import Path

import jinja2
import pytest

TEMPLATE = Path(__file__).resolve().parents[4] / "ansible" / "roles" / "hardening" / "templates" / "firewall.rules.j2"


def ports(**variables):
    text = jinja2.Template(TEMPLATE.read_text()).render(
        inventory_hostname="nano-01", hardening_open_ports=["tcp/8080"], **variables
    )
    return [line.split()[3] + "/" + line.split()[7] for line in text.splitlines() if "--dport" in line]


@pytest.mark.parametrize(
    "variables, extra",
    [({}, []), ({"ansible_host": "192.168.1.7"}, []), ({"ansible_host": "nano.local"}, ["udp/5353"])],
)
def test_multicast_dns_is_open_where_a_board_is_found_by_it(variables, extra):
    assert ports(**variables) == ["tcp/22", *extra, "tcp/8080"]


def test_the_port_of_ssh_is_that_of_the_inventory():
    assert ports(ansible_port=2222) == ["tcp/2222", "tcp/8080"]
