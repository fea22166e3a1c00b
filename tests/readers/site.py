"""The page `/data/` and our files, as a client of the site gets them."""

import html
import re
from collections.abc import Iterable, Mapping

from django.test import Client

from evaltracker.web.presenters.data import DataFile
from evaltracker.web.recipes import RECIPES
from tests.readers.running import SITE, Job
from tests.readers.truth import Truth

_BLOCK = r'<pre class="code" id="([^"]+)"[^>]*><code data-copied>(.*?)</code></pre>'


def blocks(client: Client, query: str = "") -> dict[str, str]:
    """The lines that the page `/data/` prints to be copied, by the names that they have there."""
    found = re.findall(_BLOCK, text_of(client, f"/data/{query}"), re.DOTALL)
    return {name: html.unescape(lines) for name, lines in found}


def text_of(client: Client, path: str) -> str:
    return fetch(client, path)[1].decode()


def fetch(client: Client, path: str) -> tuple[str, bytes]:
    """The type and the content of an answer. Fails where the site does not answer 200."""
    response = client.get(path)
    assert response.status_code == 200, path
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return response["Content-Type"], content


def addresses(texts: Iterable[str]) -> set[str]:
    """The addresses of the site in lines to be copied, without the site."""
    return {found.rstrip(".") for text in texts for found in re.findall(rf"{SITE}(/[^\s\"'<>}},]*)", text)}


def truth(file: DataFile, content: bytes) -> Truth:
    return Truth.of(content, {column.name: column.type.value for column in file.columns})


def jobs(files: Mapping[str, DataFile], keys: Iterable[str]) -> list[Job]:
    """The recipes with these keys, for each of the files by name."""
    wanted = set(keys)
    return [
        Job(recipe.key, recipe.language, name, recipe.lines(SITE, name, file.kinds))
        for recipe in RECIPES
        if recipe.key in wanted
        for name, file in files.items()
    ]
