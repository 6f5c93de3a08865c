"""Texts of a file: what stands for nothing, what must not be shown, what must not be kept."""

from collections.abc import Sequence

from analytics_core.ingest.literals import literal, one_of

LONGEST = 512
NOTHING = ("", "NULL", "null", "None", "NaN", "nan", "N/A", "-", "\\N")
# Control, zero-width and bidirectional characters, and those no text should hold.
CONTROL = (
    r"[\x00-\x1f\x7f\x{80}-\x{9f}\x{ad}\x{61c}\x{180e}\x{200b}-\x{200f}\x{2028}-\x{202e}"
    r"\x{2060}-\x{206f}\x{feff}\x{fff9}-\x{fffb}]"
)
SECRET = r"(^|[^A-Za-z0-9])(sk-|xox[a-z]-|AKIA[0-9A-Z]|om_live_)|[A-Za-z0-9+/=_-]{40,}"
SECRET_INSIDE = (
    r"(sk-[A-Za-z0-9_-]{16,}|xox[a-z]-[A-Za-z0-9-]{8,}|AKIA[0-9A-Z]{12,}|om_live_[A-Za-z0-9_-]{8,})"
)


def unclean(texts: Sequence[str]) -> str:
    """Whether any of the texts needs more than a look: characters, spaces around it, length.

    One search over all of them together: eleven searches a row take four times as long.
    """
    if not texts:
        return "false"
    joined = f"concat_ws('|', '', {', '.join(texts)}, '')"
    return f"(regexp_matches({joined}, {literal(CONTROL + '|[|] | [|]')}) OR strlen({joined}) > {LONGEST})"


def controlled(texts: Sequence[str]) -> str:
    """Whether any of the texts holds such a character."""
    if not texts:
        return "false"
    return f"regexp_matches(concat_ws('|', {', '.join(texts)}), {literal(CONTROL)})"


def too_long(texts: Sequence[str]) -> str:
    """Whether any of the texts is longer than 512 characters."""
    return " OR ".join(f"coalesce(length({t}) > {LONGEST}, false)" for t in texts) or "false"


def cleaned(sql: str, unclean_sql: str, nothing: Sequence[str] = NOTHING) -> str:
    """The text without what `unclean` found, NULL where it stands for nothing."""
    whole = f"left(trim(regexp_replace({sql}, {literal(CONTROL)}, chr(65533), 'g')), {LONGEST})"
    longest = max(map(len, nothing))
    return (
        f"CASE WHEN {unclean_sql} THEN CASE WHEN {one_of(whole, nothing)} THEN NULL ELSE {whole} END"
        f" WHEN strlen({sql}) <= {longest} AND {one_of(sql, nothing)} THEN NULL ELSE {sql} END"
    )


def key_name(sql: str) -> str:
    """An API key's alias; what looks like the key itself becomes its hash."""
    random = f"regexp_matches({sql}, '[0-9]')"
    live = f"regexp_matches({sql}, {literal(SECRET)})"
    known = f"regexp_matches({sql}, {literal(SECRET.rsplit('|', 1)[0])})"
    return (
        f"CASE WHEN {live} AND ({known} OR {random}) THEN 'key-' || left(sha256({sql}), 12)"
        f" ELSE {sql} END"
    )


def without_secrets(sql: str) -> str:
    """A longer text whose live secrets are struck out."""
    inside = literal(SECRET_INSIDE)
    return (
        f"CASE WHEN regexp_matches({sql}, {inside})"
        f" THEN regexp_replace({sql}, {inside}, 'key-removed', 'g') ELSE {sql} END"
    )


def person(sql: str) -> str:
    """An e-mail address in lower case, another id as it is."""
    return f"CASE WHEN contains({sql}, '@') THEN lower({sql}) ELSE {sql} END"


def source_name(sql: str) -> str:
    """The name of a source as names of sources are written, NULL for anything else."""
    return f"CASE WHEN regexp_full_match({sql}, '[a-z0-9-]{{1,40}}') THEN {sql} END"
