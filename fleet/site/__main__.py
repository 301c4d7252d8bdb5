"""`python -m fleet.site VERB`, for a computer of the site: the same verbs as `./inv site`, without Invoke."""

import sys

from fleet.site import commands

if __name__ == "__main__":
    sys.exit(commands.main(sys.argv[1:]))
