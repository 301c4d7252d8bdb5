"""The environments of .envs/, their locks, interpreters, and model files.

declarations.py    environments.toml as data: environments, locks, fingerprints
builder.py         builds environments and reports their state; steps.py: the steps of a build
interpreters.py    finds Pythons; proofs.py: proves a finished environment
locks.py           compiles and reads hash-locked lists
model_files.py     fetches model files by digest; cut_models.py: cuts PP-OCR's networks for the package
"""
