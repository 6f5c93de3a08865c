"""Under which names programs may push beside the files that are dropped."""

from analytics_core.errors import NotAsked
from analytics_core.ingest.push.spool import FOLDER
from analytics_core.store.manifest import Manifest


def check_not_of_files(source: str, held: Manifest) -> None:
    """Raises NotAsked for the name of a source that dropped files have landed under.

    For those who do not see everything. Administrators may push beside dropped files: a call that
    comes both ways counts once.
    """
    landed = (line for line in held.inputs if line.verdict == "landed" and line.source == source)
    if any(not line.name.startswith(f"{FOLDER}/") for line in landed):
        raise NotAsked(
            f"Dropped files have landed under the source '{source}': only an administrator's token"
            " may push beside them. Choose another name for --source."
        )
