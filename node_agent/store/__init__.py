"""What the agent keeps on the disk: a folder that survives power cuts, the journal in it, the state by the journal."""

from node_agent.store.disk import Disk, FileWriter
from node_agent.store.journal import Journal
from node_agent.store.local_disk import LocalDisk
from node_agent.store.state import DeploymentState, must_run

__all__ = ["DeploymentState", "Disk", "FileWriter", "Journal", "LocalDisk", "must_run"]
