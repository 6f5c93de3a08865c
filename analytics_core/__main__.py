"""python -m analytics_core …"""

import sys

from analytics_core.cli import main

sys.exit(main(sys.argv[1:]))
