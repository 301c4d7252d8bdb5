"""The files of the wheelhouse.

manifest.py      wheels/manifest.toml and wheels/recorded.toml
download.py      one file over HTTP; partial.py: what has arrived of it; fetch.py: fills the wheelhouse
inspection.py    what a file says about itself
index.py         which files there are, and which of them a board installs
members.py       model files inside artefacts
"""
