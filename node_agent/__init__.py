"""The agent of a node: puts releases of the application in place, proves them, and goes back by itself.

Python 3.6 and its standard library only, and nothing of ocr_app: it has to work when the application cannot
(docs/adr/0024-agent-on-the-node.md). What it promises: docs/explanation/releases.md.
"""
