"""Ansible from the control side.

playbooks.py     runs a playbook with the locked environment
rules.py         judges the rules of roles; run_report.py: the report of a run (both are used by Ansible's plugins)
engines.py       builds engines, here or with a playbook
"""
