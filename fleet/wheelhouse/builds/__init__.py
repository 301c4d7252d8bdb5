"""Wheels that are built from source.

declarations.py    what is built, from the roles (roles.py)
machine.py         where it is built, and what that machine must have
runs.py            builds here or in a container; execution.py: runs the stages; boards.py: on a board
provenance.py      the origin of a built file
"""
