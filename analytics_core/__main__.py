"""What python -m analytics_core runs."""

import signal
import sys


def _terminated(*_: object) -> None:
    """`kill` ends a command as Ctrl-C does: it clears up what it had begun."""
    sys.exit(128 + signal.SIGTERM)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _terminated)
    try:
        from analytics_core.cli.main import main

        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:  # while the libraries were loading
        sys.exit(130)
