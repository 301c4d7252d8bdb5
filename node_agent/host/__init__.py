"""The board around the agent: Docker, systemd, the health of the application, one command at a time."""

from node_agent.host.health import Heartbeat
from node_agent.host.interface import ChallengeAnswer, Health, Host
from node_agent.host.lock import exclusive
from node_agent.host.systemd import SystemdHost

__all__ = ["ChallengeAnswer", "Health", "Heartbeat", "Host", "SystemdHost", "exclusive"]
