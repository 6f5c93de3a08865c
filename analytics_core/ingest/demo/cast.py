"""The invented people, teams, projects, models and prices of the demo data."""

from dataclasses import dataclass
from itertools import islice, product


@dataclass(frozen=True, slots=True)
class Team:
    """A team, the organisation it belongs to, how many people it has and what it works on."""

    name: str
    organization: str
    people: int
    projects: tuple[str, ...]
    zone: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody (or a service account) whose usage appears."""

    user_id: str
    team: int  # index into TEAMS
    service: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    """A model as the demo's gateway prices it: pico-USD per token (1e-12 USD)."""

    provider: str
    name: str
    input: int
    cache_read: int
    output: int
    gateway_permille: int = 1000  # what the gateway believes, in thousandths of the true price


TEAMS: tuple[Team, ...] = (
    Team("Core Platform", "Acme", 24, ("Code Review", "Insights"), "Europe/Madrid"),
    Team("Search Relevance", "Acme", 16, ("Search", "Insights"), "Europe/Madrid"),
    Team("Customer Care", "Acme", 22, ("Support Copilot", "Voice Bot", "Legacy Chat"),
         "Asia/Kolkata"),
    Team("Data Science", "Acme", 14, ("Insights", "Document Intake"), "Europe/Madrid"),
    Team("Growth", "Acme", 18, ("Sales Assistant", "Search"), "America/Bogota"),
    Team("Finance Systems", "Acme", 12, ("Document Intake",), "Europe/Madrid"),
    Team("Mobile", "Globex", 22, ("Mobile Companion", "Translation Hub"), "America/Bogota"),
    Team("Studio", "Globex", 18, ("Studio Images", "Video Captions"), "Europe/Madrid"),
    Team("Operations", "Globex", 14, ("Field Reports", "Translation Hub"), "Asia/Kolkata"),
)  # fmt: skip

ORGANIZATIONS: tuple[str, ...] = ("Acme", "Globex")
RETIRED_PROJECT = "Legacy Chat"
FUTURE_PROJECT = "Atlas"
LONG_CONTEXT_PROJECT = "Document Intake"

# name, colour: the configured colours of projects.csv
PROJECTS: tuple[tuple[str, str], ...] = (
    ("Support Copilot", "#029be6"),
    ("Search", "#8743c9"),
    ("Code Review", "#09785d"),
    ("Document Intake", "#c18929"),
    ("Sales Assistant", "#e453a9"),
    ("Insights", "#323b80"),
    ("Voice Bot", "#ca280f"),
    ("Mobile Companion", "#722507"),
    ("Studio Images", ""),
    ("Field Reports", ""),
    ("Translation Hub", ""),
    ("Video Captions", ""),
    (RETIRED_PROJECT, ""),
    (FUTURE_PROJECT, ""),
)
PROJECT_NAMES: tuple[str, ...] = tuple(name for name, _ in PROJECTS)

# People whose demo accounts are shown on the sign-in page come first in their team.
NAMED: tuple[tuple[str, int], ...] = (
    ("mia.keller@acme.example", 0),
    ("leo.brandt@acme.example", 0),
    ("ada.novak@acme.example", 0),
    ("ana.ruiz@acme.example", 1),
    ("max.weber@acme.example", 5),
)
_FIRST = (
    "noor", "ivan", "lucia", "tom", "aisha", "henrik", "priya", "diego", "sofia", "kenji",
    "amara", "felix", "elena", "rahul", "marta", "jonas",
)  # fmt: skip
_LAST = (
    "castillo", "lind", "okafor", "meyer", "santos", "iyer", "kowalski", "dupont", "haddad",
    "nakamura", "berg", "moreno",
)  # fmt: skip


def people() -> tuple[Person, ...]:
    """160 people and 12 service accounts, always the same."""
    taken = {address for address, _ in NAMED}
    names = (f"{first}.{last}" for last, first in product(_LAST, _FIRST))
    everybody: list[Person] = []
    for index, team in enumerate(TEAMS):
        domain = f"@{team.organization.lower()}.example"
        named = [address for address, of in NAMED if of == index]
        fresh = (n + domain for n in names if n + domain not in taken)
        addresses = [*named, *islice(fresh, team.people - len(named))]
        everybody += [Person(address, index) for address in addresses]
    services = (
        "nightly-index", "invoice-reader", "ticket-sync", "eval-runner", "mail-sorter",
        "log-digest", "price-watch", "caption-worker", "photo-tagger", "route-planner",
        "survey-coder", "translation-queue",
    )  # fmt: skip
    everybody += [Person(f"svc-{n}", i % len(TEAMS), service=True) for i, n in enumerate(services)]
    return tuple(everybody)


REPOSITORIES: tuple[str, ...] = tuple(
    f"{owner}/{name}"
    for owner, names in (
        ("acme", "platform gateway search-api ranking support-web voice-bot billing ledger intake"
                 " insights growth-site sales-crm infra design-system"),
        ("globex", "mobile-ios mobile-android studio captions field-app dispatch translate"
                   " media-store pipelines web"),
    )
    for name in names.split()
)  # fmt: skip

CUSTOMERS: tuple[str, ...] = tuple(
    f"{a} {b}"
    for a, b in islice(
        product(
            ("Alder", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Grove", "Harbor"),
            ("Foods", "Logistics", "Health", "Media", "Energy"),
        ),
        40,
    )
)
FEATURES: tuple[str, ...] = (
    "Answer suggestions", "Ticket summary", "Semantic search", "Query rewrite", "Call notes",
    "Contract review", "Lead scoring", "Report writer", "Code completion", "Pull request review",
    "Product photos", "Caption tracks", "Route advice", "Live translation", "Survey coding",
    "Meeting minutes", "Smart replies", "Knowledge gaps",
)  # fmt: skip
NEW_FEATURE = FEATURES.index("Smart replies")
DYING_FEATURE = FEATURES.index("Query rewrite")
AGENTS: tuple[str, ...] = (
    "Ticket triage", "Refund assistant", "Search tuner", "Code companion", "Invoice reader",
    "Sales researcher", "Voice concierge", "Field reporter", "Photo director", "Caption writer",
    "Translator", "Data analyst", "Release notes", "Onboarding guide",
)  # fmt: skip
CODING_AGENT = AGENTS.index("Code companion")
STORM_AGENT = AGENTS.index("Ticket triage")
KEYS: tuple[str, ...] = (
    *(f"{t.name.lower().replace(' ', '-')}-{e}" for t in TEAMS for e in ("prod", "staging", "dev")),
    "shared-lab",
    "partner-pilot",
    "console-legacy",
)
ENVIRONMENTS: tuple[str, ...] = ("production", "staging", "development")

MODELS: tuple[Model, ...] = (
    Model("openai", "gpt-4o", 2_500_000, 1_250_000, 10_000_000),
    Model("openai", "gpt-5", 1_250_000, 125_000, 10_000_000),
    Model("openai", "gpt-5-mini", 250_000, 25_000, 2_000_000),
    Model("openai", "gpt-5-nano", 50_000, 5_000, 400_000),
    Model("anthropic", "claude-opus-4-8", 5_000_000, 500_000, 25_000_000),
    Model("anthropic", "claude-sonnet-4-5", 3_000_000, 300_000, 15_000_000),
    Model("anthropic", "claude-haiku-4-5", 1_000_000, 100_000, 5_000_000),
    Model("gcp.gemini", "gemini-2.5-pro", 1_250_000, 125_000, 10_000_000),
    Model("gcp.gemini", "gemini-2.5-flash", 300_000, 30_000, 2_500_000, 1100),
    Model("self", "house-large", 400_000, 400_000, 1_200_000),
    Model("self", "house-preview", 0, 0, 0),
    Model("openai", "text-embedding-3-small", 20_000, 20_000, 0),
    Model("openai", "whisper-1", 0, 0, 0),
    Model("openai", "tts-1", 0, 0, 0),
    Model("openai", "gpt-image-1", 0, 0, 0),
    Model("gcp.gemini", "veo-3.0", 0, 0, 0),
    Model("openai", "omni-moderation-latest", 0, 0, 0),
    Model("cohere", "rerank-v3.5", 0, 0, 0),
)
MODEL: dict[str, int] = {m.name: i for i, m in enumerate(MODELS)}
