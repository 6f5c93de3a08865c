"""How fast Tokentally is, measured and printed, never asserted."""
