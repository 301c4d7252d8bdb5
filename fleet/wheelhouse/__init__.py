"""The wheelhouse: every file that boards and images install, fetched once, checked, and pushed from here.

    manifest.py   what wheels/manifest.toml and wheels/recorded.toml say
    download.py   one file over HTTP: resumed, followed, never trusted
    inspect.py    what a file says about itself: name, version, tags, machine
    wheelhouse.py      the folder of files, and what is chosen from it for a board
    fetch.py      fills the folder; commands.py: the verbs of `./inv wheels`
    audit.py      licences, ages, gaps; vulnerabilities.py: what pip-audit knows
    build.py      what only a source build gives: builds.py (what, from the roles: roles.py), machine.py (where),
                  boards.py (by the role, on a board), provenance.py (where a built file came from)

All but builds needs no more than `packaging`, so that Ansible's environment can run it too.
"""
