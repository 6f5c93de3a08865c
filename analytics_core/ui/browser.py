"""What a browser calls itself, in the words of people."""

# The first that stands in the User-Agent header is meant: most name several.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser(agent: str) -> str:
    """As in "Firefox on Windows"; "Unknown browser" where the header says nothing known."""
    name = next((called for mark, called in _BROWSERS if mark in agent), "Unknown browser")
    system = next((called for mark, called in _SYSTEMS if mark in agent), None)
    return f"{name} on {system}" if system else name
