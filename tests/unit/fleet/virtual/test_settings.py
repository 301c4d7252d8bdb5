"""Names and addresses of a virtual fleet."""

import pytest

from fleet.core.errors import VirtualFleetError
from fleet.virtual.settings import Fleet, node_address, settings


def test_nodes_have_addresses_of_their_own_beside_the_repository(fleet):
    addresses = [node_address(fleet, number) for number in range(1, settings()["most_nodes"] + 1)]
    assert len(set(addresses)) == len(addresses) and fleet.address(2) not in addresses
    assert all(address.startswith(fleet.subnet.removesuffix("0/24")) for address in addresses)
    assert int(addresses[-1].rpartition(".")[2]) < 255


def test_fleets_of_other_names_share_nothing():
    one, other = Fleet("one"), Fleet("other")
    assert one.subnet != other.subnet and one.network != other.network and one.folder != other.folder
    assert one.label != other.label and one.container(1) != other.container(1)


@pytest.mark.parametrize("name", ["", "Big", "a b", "-x", "../up", "x" * 40])
def test_names_that_docker_would_not_take_are_refused(name):
    with pytest.raises(VirtualFleetError, match="lower-case letters"):
        Fleet(name)
