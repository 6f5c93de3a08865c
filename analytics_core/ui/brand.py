"""The product's marks, inside the page: files would be served only to those who have signed in."""

from base64 import b64encode
from pathlib import Path

NAME = "Tokentally"


def _inline(name: str) -> str:
    picture = Path(__file__).with_name(name).read_bytes()
    return f"data:image/svg+xml;base64,{b64encode(picture).decode()}"


ICON = _inline("icon.svg")
LOGO = _inline("logo.svg")
