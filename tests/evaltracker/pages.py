"""How the tests of the site's own pages read them."""

import csv
import html
import io
import re

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def source_of(client: Client, address: str) -> str:
    """The page as it is sent."""
    response = client.get(address)
    assert response.status_code == 200, address
    return html.unescape(response.content.decode())


def text_of(client: Client, address: str) -> str:
    """The page as a reader sees it: without tags, white space folded."""
    return words_of(source_of(client, address))


def words_of(source: str) -> str:
    """What a reader sees of a piece of a page."""
    source = re.sub(r'<a class="word"[^>]*>(.*?)</a>|</?u\b[^>]*>', r"\1", source)  # within a sentence
    source = re.sub(r'<span class="visually-hidden">.*?</span>|<script.*?</script>', "", source, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", source)).strip()


def tables_of(client: Client, address: str) -> list[list[list[str]]]:
    """The cells of the tables of a page, row by row, without the head."""
    bodies = re.findall(r"<tbody>(.*?)</tbody>", source_of(client, address), re.S)
    return [
        [
            [words_of(cell).replace(" – ", "–") for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
            for row in re.findall(r"<tr>(.*?)</tr>", body, re.S)
        ]
        for body in bodies
    ]


def rows_of_csv(client: Client, address: str) -> list[dict[str, str]]:
    """The rows of a download by column name."""
    response = client.get(address)
    assert response.status_code == 200, address
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


def query_count(client: Client, address: str) -> int:
    """How many queries a page runs."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200, address
    return len(captured)
