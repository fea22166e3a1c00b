"""The page `/data/` and our files, as a client of the site gets them."""

import html
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping

from django.test import Client

from evaltracker.web.presenters.data import DataFile
from evaltracker.web.recipes import RECIPES
from labs.rules.table_schema import unguarded
from tests.readers.running import SITE, Job
from tests.readers.truth import Truth

TABLE = "access_events"
"""The table of the package that recipes for the package read."""
_BLOCK = r'<pre class="code" id="([^"]+)"[^>]*><code data-copied>(.*?)</code></pre>'


def blocks(client: Client, query: str = "") -> dict[str, str]:
    """The lines that the page `/data/` prints to be copied, by the names that they have there."""
    found = re.findall(_BLOCK, text_of(client, f"/data/{query}"), re.DOTALL)
    return {name: html.unescape(lines) for name, lines in found}


def text_of(client: Client, path: str) -> str:
    return fetch(client, path)[1].decode()


def fetch(client: Client, path: str) -> tuple[str, bytes]:
    """The type and the content of an answer, also of one that leads elsewhere. Fails where it is not 200."""
    response = client.get(path, follow=True)
    assert response.status_code == 200, path
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return response["Content-Type"], content


def addresses(texts: Iterable[str]) -> set[str]:
    """The addresses of the site in lines to be copied, without the site."""
    return {found.rstrip(".") for text in texts for found in re.findall(rf"{SITE}(/[^\s\"'<>}},]*)", text)}


def truth(file: DataFile, content: bytes) -> Truth:
    return Truth.of(content, {column.name: column.type.value for column in file.columns})


def jobs(files: Mapping[str, DataFile], keys: Iterable[str]) -> list[Job]:
    """The recipes with these keys: for each of the files by name, or for the table of the package that they read."""
    wanted = set(keys)
    return [
        Job(recipe.key, recipe.language, TABLE if recipe.of_package else name, recipe.lines(SITE, name, file.kinds))
        for recipe in RECIPES
        if recipe.key in wanted
        for name, file in (list(files.items())[:1] if recipe.of_package else files.items())
    ]


def truth_of_package(content: bytes) -> Truth:
    """What the package says of access events: its CSV with the types of its description, without the guards."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        described = json.loads(archive.read("datapackage.json"))
        (resource,) = [each for each in described["resources"] if each["name"] == TABLE]
        types = {each["name"]: each["type"] for each in resource["schema"]["fields"]}
        types |= {name: "edtf" for name in types if f"{name}_earliest" in types}  # a string with a pattern there
        table = Truth.of(archive.read(resource["path"]), types)
    return without_guards(table)


def without_guards(said: Truth) -> Truth:
    """What files other than CSV say: no text there has an apostrophe in front that it does not have itself."""
    return Truth(said.columns, [[unguarded(cell) for cell in row] for row in said.rows], said.types)
