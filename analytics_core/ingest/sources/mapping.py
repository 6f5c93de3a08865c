"""Sources that people define or configure: data/settings/sources/NAME.yaml."""

from dataclasses import replace
from pathlib import Path

from analytics_core.errors import BadFile
from analytics_core.ingest.sources import language, mapped, packaged
from analytics_core.ingest.sources.document import Node, compose
from analytics_core.ingest.sources.source import Source
from analytics_core.semantics import settings_file


def saved(settings_folder: Path) -> tuple[Source, ...]:
    """Every source of data/settings/sources/*.yaml. Raises BadFile naming file, line and key."""
    folder = settings_folder / "sources"
    if not folder.is_dir():
        return ()
    found: dict[str, Path] = {}
    sources: list[Source] = []
    for path in sorted(folder.glob("*.yaml")):
        for source in read(path):
            other = found.setdefault(source.name, path)
            if other != path:
                raise BadFile(path, f"the name '{source.name}' is taken by {other.name}.")
            sources.append(source)
    return tuple(sources)


def read(path: Path) -> tuple[Source, ...]:
    """The source of one mapping file, or the sources that one with `extends` configures."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as wrong:
        raise BadFile(path, f"cannot be read as UTF-8 text ({wrong}).") from None
    return sources_of(text, path)


def sources_of(text: str, path: Path | str) -> tuple[Source, ...]:
    """The sources that a document of the mapping language defines or configures."""
    document = compose(text, path)
    if "extends" in document.items():
        return _extended(document)
    return (mapped.source(language.parse(document)),)


def save(settings_folder: Path, text: str) -> Path:
    """Writes a mapping (the text of its file) as data/settings/sources/<its name>.yaml.

    Written whole or not at all. Raises BadFile for text that cannot be used and for a name that
    another mapping has, NotWritable, Changed when somebody else writes that file meanwhile.
    """
    (source,) = sources_of(text, "the mapping")
    path = settings_folder / "sources" / f"{source.name}.yaml"
    if path.exists() or any(known.name == source.name for known in saved(settings_folder)):
        raise BadFile(path, f"the name '{source.name}' is taken. Choose another one.", key="name")
    settings_file.save(path, None, text)
    return path


def _extended(document: Node) -> tuple[Source, ...]:
    given = document.table(("extends", "options", "name"), required=("extends",))
    name = given["extends"].choice(packaged.names())
    if "name" in given and given["name"].text() != name:
        raise given["name"].wrong(f"an extended source keeps its name '{name}'.")
    options = given.get("options")
    return tuple(
        replace(packaged.configured(source, options), packaged=False)
        for source in packaged.PACKAGED
        if source.name == name
    )
