"""python -m analytics_core …"""

import sys

from analytics_core.cli.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
