"""The wheelhouse: every file that boards and images install, fetched once, checked, and copied from here.

commands.py          the verbs of `./inv wheels`
audit.py             licences, ages, gaps; vulnerabilities.py: what pip-audit knows
store/               the manifest, the files, and the choice of files for a board
builds/              wheels that only a build from source gives

Everything except builds/ needs only `packaging` and `urllib3`, so that Ansible's environment can run it.
"""
