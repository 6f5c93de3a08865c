"""An upload lies in the inbox under a safe name, and only when it is whole."""

import io

import pytest

from analytics_core.errors import NotWritable
from analytics_core.ingest.drops import ready
from analytics_core.ingest.folders import Folders
from analytics_core.ingest.upload import put, safe_name


@pytest.fixture
def folders(tmp_path) -> Folders:
    return Folders(tmp_path / "data")


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("november.csv", "november.csv"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\auth.yaml", "auth.yaml"),
        ("/tmp/evil.csv", "evil.csv"),
        (".hidden.csv", "hidden.csv"),
        ("~lock.csv", "lock.csv"),
        ("half.csv.part", "half.csv.part.upload"),
        ("README.md", "README.md.upload"),
        ("a b\n![x](http://e).csv", "e_.csv"),
        ("=HYPERLINK(1).csv", "HYPERLINK_1_.csv"),
        ("ünïcode 日本.jsonl", "n_code_.jsonl"),
        ("nul\x00byte.csv", "nul_byte.csv"),
        ("", "upload"),
        ("..", "upload"),
        ("…", "upload"),
        ("x" * 300 + ".parquet", "x" * 92 + ".parquet"),
    ],
)
def test_a_name_becomes_a_safe_one_that_the_inbox_takes(given: str, safe: str):
    assert safe_name(given) == safe
    assert ready(safe)


def test_an_upload_lies_in_the_inbox_whole(folders):
    assert put(folders, "a.csv", io.BytesIO(b"x" * 3_000_000)) == "a.csv"
    assert (folders.inbox / "a.csv").stat().st_size == 3_000_000
    assert [path.name for path in folders.inbox.iterdir()] == ["a.csv"]


def test_a_file_that_waits_already_is_not_replaced(folders):
    put(folders, "a.csv", io.BytesIO(b"first"))
    assert put(folders, "a.csv", io.BytesIO(b"second")) == "2-a.csv"
    assert (folders.inbox / "a.csv").read_bytes() == b"first"


def test_an_upload_that_breaks_off_leaves_nothing(folders):
    class Broken(io.BytesIO):
        def read(self, *_):
            raise OSError(28, "No space left on device")

    with pytest.raises(NotWritable, match="No space left"):
        put(folders, "a.csv", Broken())
    assert list(folders.inbox.iterdir()) == []


def test_a_link_in_the_inbox_is_never_followed(folders, tmp_path):
    folders.inbox.mkdir(parents=True)
    (folders.inbox / "a.csv").symlink_to(tmp_path / "elsewhere")
    assert put(folders, "a.csv", io.BytesIO(b"x")) == "2-a.csv"
    assert not (tmp_path / "elsewhere").exists()
