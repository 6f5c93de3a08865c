"""Who am I, what do I see, where am I signed in? And what the words of the app mean."""

from analytics_core.store.view import View
from analytics_core.ui import account

TITLE = "Account"
ICON = ":material/account_circle:"
PATH = "account"
ROLES: tuple[str, ...] = ()  # everybody
SELECTION = False  # it is about the reader, not about usage


def render(view: View) -> None:
    """The reader, their sign-ins, the same question on the command line, and the glossary."""
    account.draw(view)
