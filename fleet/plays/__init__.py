"""Ansible playbooks: starting them, judging rules, reporting runs."""
