"""The wheelhouse: every file that boards and images install, fetched once, checked, and pushed from here.

    manifest.py   what wheels/manifest.toml and wheels/recorded.toml say
    download.py   one file over HTTP: resumed, followed, never trusted
    inspect.py    what a file says about itself: name, version, tags, machine
    house.py      the folder of files, and what is chosen from it for a board
    fetch.py      fills the folder; commands.py: the verbs of `./inv wheels`

It needs no more than `packaging`, so that Ansible's environment can run it too.
"""
