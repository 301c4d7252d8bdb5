"""The page names every node."""

from fleet.gateway import reference
from fleet.gateway.board import NODES


def test_every_node_is_on_the_page():
    page = reference.page()
    assert all(f"| `{kind.path}{'[]' * kind.is_array}` | {kind.type} |" in page for kind in NODES)
