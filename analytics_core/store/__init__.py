"""Where events live and how a question becomes rows."""
