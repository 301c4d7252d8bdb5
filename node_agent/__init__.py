"""The agent of a node: installs releases of the application, proves them, and restores the previous one by itself.

The agent needs only Python 3.6 and its standard library, and nothing of ocr_app: it has to work when the application
does not (docs/adr/0024-agent-on-the-node.md). What it promises: docs/explanation/releases.md.

Packages, from the bottom up; an import only points down:

    errors, logs     exit codes; key=value diagnostics
    store, trust     what is kept on the disk; who may sign a release
    host             Docker, systemd, the health of the application
    release          staging, switching, proving, committing and undoing a release
    cli              the command line
"""

import logging

logging.getLogger(__name__).addHandler(logging.NullHandler())  # silent until logs.configure, as a library should be
