"""Signed bundles, deployments, and what nodes report.

bundle.py          makes and verifies bundles from parts.py, signed with keys.py
deployment.py      deploys and rolls back; hosts.py: outcomes and the stop rule; report.py: the report
fleet_status.py    the state of every node; support.py: logs and settings of one node
"""
