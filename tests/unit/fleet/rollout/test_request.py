"""What an operator asks of a deployment."""

from fleet.rollout.request import DeployRequest


def test_by_default_no_failure_is_tolerated_and_canaries_come_first():
    asked = DeployRequest()
    assert (asked.canary, asked.max_failures, asked.batch) == ("canary", 0, ("10%", "25%"))
    assert not asked.downgrade and not asked.again
