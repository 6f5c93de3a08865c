"""The command line: python -m analytics_core."""
