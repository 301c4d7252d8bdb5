"""``python -m ocr_app`` is ``ocr-app``."""

import sys

from ocr_app.cli.main import main

sys.exit(main())
