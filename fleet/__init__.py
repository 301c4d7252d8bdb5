"""The control side behind tasks.py and the playbooks (Python 3.10 and up). layers.toml lists its packages.

Packages are imported by module: ``from fleet.release import deployment``. An ``__init__`` imports nothing, so that
Ansible's environment can use the parts that it needs without the libraries of the others.
"""
