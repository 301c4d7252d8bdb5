"""The interface of the host: what it asks for, both the real host and the simulated one have."""

import inspect

import pytest
from simulation.simulated import SimHost

from node_agent.host import Host, SystemdHost

METHODS = sorted(name for name, _ in inspect.getmembers(Host, inspect.isfunction))


@pytest.mark.parametrize("kind", [SystemdHost, SimHost])
def test_every_method_is_implemented_with_the_same_arguments(kind):
    for name in METHODS:
        own, asked = getattr(kind, name), getattr(Host, name)
        assert own is not asked, name
        assert list(inspect.signature(own).parameters) == list(inspect.signature(asked).parameters), name


@pytest.mark.parametrize("name", METHODS)
def test_the_interface_itself_does_nothing(name):
    arguments = [None] * (len(inspect.signature(getattr(Host, name)).parameters) - 1)
    with pytest.raises(NotImplementedError):
        getattr(Host(), name)(*arguments)
