"""The page with its links: which scripts they name, and that nothing else is touched."""

import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

from analytics_core.api.ahead import ELEMENTS, Ahead, with_links
from analytics_core.api.middleware import index_page, inline_script_hashes

PAGE = """<html><head><script>x = 1</script>
<script type="module" src="./static/js/index.1.js"></script>
<link rel="modulepreload" crossorigin href="./static/js/react.1.js">
</head><body></body></html>"""
SCRIPTS = {
    "index.1.js": "import`./Metric.1.js`",
    "react.1.js": "",
    "Metric.1.js": 'import{a as e}from"./react.1.js";import{n}from"./number.1.js";import"./side.1.js";',
    "number.1.js": 'export{r}from"./round.1.js";import("./later.1.js")',
    "side.1.js": "",
    "round.1.js": 'import"./number.1.js";import"./gone.1.js"',
    "later.1.js": "",
    "MetricOther.1.js": "",
}
LINKED = ["Metric.1.js", "number.1.js", "side.1.js", "round.1.js"]


@pytest.fixture
def index(tmp_path) -> Path:
    scripts = tmp_path / "static" / "js"
    scripts.mkdir(parents=True)
    for name, text in SCRIPTS.items():
        (scripts / name).write_text(text)
    page = tmp_path / "index.html"
    page.write_text(PAGE)
    return page


def links(page: str) -> list[str]:
    return re.findall(r'<link rel="modulepreload" crossorigin href="\./static/js/([^"]+)">', page)


@pytest.fixture
def client(index) -> TestClient:
    def page(_: Request) -> Response:
        return FileResponse(index)

    def other(request: Request) -> Response:
        text = PAGE if request.url.path == "/text" else PAGE.replace("x = 1", "x = 2")
        return Response(text, media_type="text/plain" if text == PAGE else "text/html")

    def short(_: Request) -> Response:
        return HTMLResponse("<p>another</p>")

    routes = [Route("/", page), Route("/costs", page), Route("/text", other),
              Route("/alike", other), Route("/short", short),
              Mount("/site", StaticFiles(directory=index.parent, html=True))]  # fmt: skip
    return TestClient(Ahead(Starlette(routes=routes), index))


def test_a_link_for_each_script_that_an_element_imports_and_the_page_does_not_name(index):
    assert links(with_links(index)) == ["react.1.js", *LINKED]


def test_nothing_but_links_is_added(index):
    added = "".join(f'<link rel="modulepreload" crossorigin href="./static/js/{name}">\n' for name in LINKED)  # fmt: skip
    assert with_links(index).replace(added, "") == PAGE


def test_a_frontend_that_is_built_otherwise_is_served_as_it_is(index):
    for script in index.parent.glob("static/js/*"):
        script.unlink()
    assert with_links(index) == PAGE


@pytest.mark.parametrize("path", ["/", "/costs", "/site/"])
def test_the_page_goes_out_with_its_links_whatever_its_address(client, index, path):
    answer = client.get(path)
    assert answer.text == with_links(index)
    assert answer.headers["content-length"] == str(len(answer.content))


@pytest.mark.parametrize("path", ["/text", "/alike", "/short", "/nowhere"])
def test_another_answer_passes_untouched(client, path):
    assert client.get(path).text == TestClient(client.app.app).get(path).text


def test_who_has_the_page_is_told_so(client):
    known = client.get("/site/").headers["etag"]
    assert client.get("/site/", headers={"If-None-Match": known}).status_code == 304


def test_the_installed_frontend_has_a_script_for_every_element():
    names = links(with_links(index_page()))
    assert [e for e in ELEMENTS if not any(name.startswith(f"{e}.") for name in names)] == []
    assert all((index_page().parent / "static" / "js" / name).is_file() for name in names)


def test_the_links_bring_no_script_that_the_policy_does_not_name(tmp_path):
    linked = tmp_path / "index.html"
    linked.write_text(with_links(index_page()))
    assert inline_script_hashes(linked) == inline_script_hashes()
