"""`python -m server` is the same as `stackvote`."""

import sys

from server.cli import main

sys.exit(main())
