"""`python -m taizhang` is the command `taizhang`."""

import sys

from .cli import main

sys.exit(main())
