"""Everything configurable, from data/settings/, the environment and st.secrets: one frozen value."""

import contextlib
import csv
import hashlib
import io
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, cast

import yaml

from analytics_core.errors import BadFile, BadValue, did_you_mean
from analytics_core.setting import between, one_of, setting, zone_name

PREFIX = "TOKENTALLY_"
FILE = "settings.yaml"
SUFFIXES = (".yaml", ".csv")


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. Keys of settings.yaml are the names below; `a_b` may also be nested (a: b:)."""

    folder: Path
    version: str = ""  # changes whenever any settings file or override does
    origins: tuple[tuple[str, str], ...] = ()  # (name, where its value came from)

    zone: str = setting("UTC", "Reporting time zone: decides days, weeks and months.", zone_name)
    week_start: str = setting("monday", "First day of the week.", one_of("monday", "sunday"))
    fiscal_year_start: int = setting(1, "Month in which the fiscal year begins.", between(1, 12))
    currency: str = setting("USD", "Display currency; figures are kept in USD.", one_of("usd"))
    contact: str = setting("", "Whom people ask for wider access; shown on refused pages.")
    billing_account: str = setting(
        "default", "Billing account (FOCUS) of usage whose source names no organization."
    )
    stale_hours: float = setting(
        26.0, "Age of the newest event from which a page warns.", between(1, 8760)
    )
    cost_policy: str = setting(
        "auto",
        "Which cost counts: auto (reported, else computed), reported, computed.",
        one_of("auto", "reported", "computed"),
    )
    demo: bool = setting(True, "Make demo data on the first start of an empty store.", restart=True)
    ingest_watch: bool = setting(True, "Watch data/inbox while the app runs.", restart=True)
    ingest_poll_seconds: float = setting(
        5.0, "How often the inbox is looked at.", between(1, 600), restart=True
    )
    ingest_push_seconds: float = setting(
        1.0,
        "How long pushed events wait for others to be taken in with; more means fewer files.",
        between(0, 3600),
        restart=True,
    )
    ingest_archive: str = setting(
        "keep",
        "What becomes of a landed drop: keep it in data/archive, or none.",
        one_of("keep", "none"),
    )
    ingest_file_gib: float = setting(4.0, "Largest file taken, GiB.", between(0.001, 1024))
    ingest_unpacked_gib: float = setting(8.0, "Largest unpacked size, GiB.", between(0.001, 4096))
    ingest_unpack_ratio: float = setting(200.0, "Largest unpacked / packed.", between(1, 100_000))
    ingest_rows: int = setting(50_000_000, "Most rows of one file.", between(1, 10**10))
    ingest_columns: int = setting(256, "Most columns of one file.", between(1, 100_000))
    ingest_rows_per_byte: float = setting(
        1000.0, "Most rows per byte of a Parquet file.", between(0.001, 1e9)
    )
    ingest_memory_mb: int = setting(1024, "Memory limit of ingest, MiB.", between(256, 1 << 20))
    ingest_threads: int = setting(min(4, os.cpu_count() or 1), "Threads of ingest.", between(1, 64))
    ingest_seconds: float = setting(600.0, "Longest time for one file.", between(1, 86_400))
    query_memory_mb: int = setting(
        1024, "Memory limit of questions, MiB.", between(256, 1 << 20), restart=True
    )
    query_threads: int = setting(
        os.cpu_count() or 1,
        "Threads and waiting workers of questions.",
        between(1, 256),
        restart=True,
    )
    query_seconds: float = setting(
        30.0, "Longest time for one question.", between(0.1, 3600), restart=True
    )
    query_cache_mb: int = setting(
        64, "Memory of the result cache, MiB.", between(0, 1 << 20), restart=True
    )
    api_requests_per_minute: int = setting(
        60,
        "Requests a minute of one API token, or of an address without one.",
        between(1, 10**6),
        restart=True,
    )
    api_pushes_per_minute: int = setting(
        600, "Pushes a minute of one API token.", between(1, 10**6), restart=True
    )
    https: bool = setting(False, "The app is reached over https (Secure cookies).", restart=True)
    frame_ancestors: str = setting("'self'", "Who may show the app in a frame (CSP).", restart=True)

    def origin(self, name: str) -> str:
        """Where a value came from: default, settings.yaml, environment or st.secrets."""
        return dict(self.origins).get(name, "default")


def _options() -> dict[str, Any]:
    return {f.name: f for f in fields(Settings) if "description" in f.metadata}


def described() -> Iterator[tuple[str, object, str]]:
    """(name, default, description) of every option, in order; docs/settings.md comes from it."""
    for name, option in _options().items():
        after = " Acts after a restart." if option.metadata["restart"] else ""
        yield name, option.default, option.metadata["description"] + after


def waiting(opened: Settings, now: Settings) -> list[str]:
    """The options that were changed since `opened` and act only after a restart."""
    held = [name for name, option in _options().items() if option.metadata["restart"]]
    return [name for name in held if getattr(opened, name) != getattr(now, name)]


def places(environ: Mapping[str, str] = os.environ) -> tuple[Path, Path]:
    """The data folder and auth.yaml: TOKENTALLY_DATA and TOKENTALLY_AUTH, else beside the app."""
    return (
        Path(environ.get(PREFIX + "DATA", "data")),
        Path(environ.get(PREFIX + "AUTH", "auth.yaml")),
    )


def load(
    folder: Path, environ: Mapping[str, str] = os.environ, secrets: Mapping[str, Any] | None = None
) -> Settings:
    """The settings of `folder` (data/settings), overridden by TOKENTALLY_<KEY> and by secrets.

    `secrets` may hold a `tokentally` table. Raises BadFile naming the file and key, BadValue for
    an environment variable or secret.
    """
    options = _options()
    path = folder / FILE
    values = parse(read(path) or "", path)
    origins = [(key, FILE) for key in values]
    own: Mapping[str, Any] = (secrets or {}).get("tokentally", {}) if secrets else {}
    for name, option in options.items():
        variable = PREFIX + name.upper()
        for origin, given in (
            ("environment", environ.get(variable)),
            ("st.secrets", own.get(name)),
        ):
            if given is None:
                continue
            try:
                values[name] = _value(option, given)
            except ValueError as wrong:
                raise BadValue(
                    variable if origin == "environment" else f"st.secrets tokentally.{name}",
                    given,
                    str(wrong),
                ) from None
            origins.append((name, origin))
    version = _version(folder, values)
    return Settings(folder=folder, version=version, origins=tuple(origins), **values)


def parse(text: str, path: Path) -> dict[str, Any]:
    """The values that a settings.yaml with that text sets, by key. Raises BadFile."""
    options, values = _options(), dict[str, Any]()
    for key, raw, line in items(text, path):
        if key not in options:
            raise BadFile(path, f"unknown setting.{did_you_mean(key, options)}", line=line, key=key)
        try:
            values[key] = _value(options[key], raw)
        except ValueError as wrong:
            raise BadFile(
                path, f"'{raw}' cannot be used; expected {wrong}.", line=line, key=key
            ) from None
    return values


def _value(option: Any, raw: Any) -> Any:
    kind = type(option.default)
    if kind is bool:
        text = str(raw).casefold()
        if text not in ("true", "false", "yes", "no", "1", "0", "on", "off"):
            raise ValueError("true or false")
        value: Any = text in ("true", "yes", "1", "on")
    elif kind in (int, float):
        try:
            value = float(raw)
        except (TypeError, ValueError):
            raise ValueError("a number") from None
        if kind is int:
            if value != int(value):
                raise ValueError("a whole number")
            value = int(value)
    else:
        value = str(raw)
    check = option.metadata["check"]
    return check(value) if check else value


def items(text: str, path: Path) -> Iterator[tuple[str, Any, int]]:
    """(flat key, value as written, line) of a YAML mapping; nested keys are joined by `_`."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        line = mark.line + 1 if mark else None
        problem = getattr(wrong, "problem", None) or str(wrong)
        raise BadFile(path, f"is not YAML ({problem}).", line=line) from None
    if node is None:
        return
    if not isinstance(node, yaml.MappingNode):
        raise BadFile(path, "must hold 'key: value' lines.", line=1)
    seen: set[str] = set()
    for key, value, line in _flat(path, node, ""):
        if key in seen:
            raise BadFile(path, "stands in the file twice.", line=line, key=key)
        seen.add(key)
        yield key, value, line


def _flat(path: Path, node: yaml.MappingNode, before: str) -> Iterator[tuple[str, Any, int]]:
    for key_node, value_node in node.value:
        key = before + str(key_node.value)
        line = key_node.start_mark.line + 1
        if value_node.start_mark.index < key_node.start_mark.index:  # may even hold itself
            raise BadFile(path, "must be written out, not *repeated.", line=line, key=key)
        if isinstance(value_node, yaml.MappingNode):
            yield from _flat(path, value_node, key + "_")
        elif isinstance(value_node, yaml.ScalarNode):
            yield key, value_node.value, line
        else:
            raise BadFile(path, "must be a single value, not a list.", line=line, key=key)


def read(path: Path) -> str | None:
    """The text of a hand-edited file as it stands, None when there is none. Raises BadFile."""
    try:
        return path.read_bytes().decode("utf-8-sig")  # line ends and all
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as wrong:
        raise BadFile(path, f"is not UTF-8 text ({wrong.reason}); save it as UTF-8.") from None
    except OSError as wrong:
        raise BadFile(path, f"cannot be read ({wrong.strerror}).") from None


def _version(folder: Path, values: Mapping[str, Any]) -> str:
    digest = hashlib.sha256(repr(sorted(values.items())).encode())
    for path in _files(folder):
        try:
            content = path.read_bytes()
        except OSError as wrong:
            raise BadFile(path, f"cannot be read ({wrong.strerror}).") from None
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + content)
    return digest.hexdigest()[:16]


def _files(folder: Path) -> list[Path]:
    """Every settings file of the folder and those below it, in order."""
    return [Path(name) for name, *_ in stamp(folder)]


def stamp(folder: Path) -> tuple[tuple[str, int, int, int], ...]:
    """What changes when a settings file is written, added or taken away: names, times, sizes."""
    found: list[tuple[str, int, int, int]] = []
    open_: list[str] = [str(folder)]
    while open_:  # a page looks many times, so by directory entries rather than by Path objects
        with contextlib.suppress(OSError), os.scandir(open_.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    open_.append(entry.path)
                elif entry.name.endswith(SUFFIXES):
                    with contextlib.suppress(OSError):  # gone since it was listed
                        of = entry.stat()
                        found.append((entry.path, of.st_mtime_ns, of.st_size, of.st_ino))
    return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a hand-edited CSV file; `text` and errors know file, line and key."""

    path: Path
    number: int
    cells: Mapping[str, str]

    def text(self, key: str) -> str | None:
        """The trimmed cell, None when blank."""
        return (self.cells.get(key) or "").strip() or None

    def wrong(self, key: str, problem: str) -> BadFile:
        """The error to raise for this cell."""
        return BadFile(self.path, problem, line=self.number, key=key)


def table(path: Path, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> list[Line]:
    """The lines of a hand-edited CSV (UTF-8, comma, a header); [] when the file is absent.

    Blank lines and lines starting with # are passed over. Raises BadFile for an unknown or missing
    column and for a line with too many cells.
    """
    text = read(path)
    return [] if text is None else table_of(text, path, required, optional)


def table_of(
    text: str, path: Path, required: tuple[str, ...], optional: tuple[str, ...] = ()
) -> list[Line]:
    """The lines of a hand-edited CSV that holds `text`; raises as `table` does."""
    records = [record for record in records_of(text, path) if record.cells]
    if not records:
        return []
    known = (*required, *optional)
    at, header = records[0].number, [cell.strip() for cell in records[0].cells]
    if len(header) == 1 and ";" in header[0]:
        raise BadFile(path, "separates its cells by semicolons; commas are expected.", line=at)
    for name in header:
        if name not in known:
            raise BadFile(path, f"unknown column.{did_you_mean(name, known)}", line=at, key=name)
    for name in required:
        if name not in header:
            raise BadFile(
                path, f"the header lacks this column ({','.join(known)}).", line=at, key=name
            )
    lines: list[Line] = []
    for record in records[1:]:
        if len(record.cells) > len(header):
            raise BadFile(
                path,
                f"has {len(record.cells)} cells, the header {len(header)}.",
                line=record.number,
            )
        cells = cast(Mapping[str, str], dict(zip(header, record.cells, strict=False)))
        lines.append(Line(path, record.number, cells))
    return lines


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a CSV as it is written; a blank one or a comment has no cells."""

    number: int  # of its last line, from 1
    text: str  # with its line end
    cells: tuple[str, ...]


def records_of(text: str, path: Path) -> Iterator[Record]:
    """Every record of a CSV, comments and blank ones included: their texts make up `text`.

    Raises BadFile where it is not CSV.
    """
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            comment = not taken and line.startswith("#")
            taken.append(line)
            yield "\n" if comment else line

    rows = csv.reader(lines(), strict=True)
    try:
        for row in rows:
            written = "".join(taken)
            taken.clear()
            told = any(cell.strip() for cell in row)
            yield Record(rows.line_num, written, tuple(row) if told else ())
    except csv.Error as wrong:
        raise BadFile(path, f"is not CSV ({wrong}).", line=rows.line_num) from None
