"""What happens to a release on a node: staged, switched to, proven, committed; or undone, and the last one restored."""

from node_agent.release.agent import Agent
from node_agent.release.deploying import commit, switch
from node_agent.release.report import format_status, report, status
from node_agent.release.resuming import resume
from node_agent.release.rollback import interrupted, roll_back
from node_agent.release.staging import stage

__all__ = [
    "Agent", "commit", "format_status", "interrupted", "report", "resume", "roll_back", "stage", "status", "switch",
]  # fmt: skip
