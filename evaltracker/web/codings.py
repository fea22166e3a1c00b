"""Which coding an answer is sent in, and the answer in it (RFC 9110, sections 8.4 and 12.5.3).

Only what everybody may read is compressed: an answer with a secret in it would tell it by its length (BREACH).
"""

import gzip
from collections.abc import Callable, Sequence

import brotli

CODINGS: dict[str, tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]] = {
    # Once for each data version and address, so a little more work than for what is made for one reader. The time is
    # left out: the same bytes give the same bytes.
    "br": (lambda body: brotli.compress(body, quality=5), brotli.decompress),
    "gzip": (lambda body: gzip.compress(body, 6, mtime=0), gzip.decompress),
    "": (bytes, bytes),
}
"""The codings that whole answers have, the best first: how each is written and read. The last is none at all."""

COMPRESSED = (
    *("text/", "image/svg+xml", "application/json", "application/jsonl", "application/x-ndjson", "application/xml"),
    *("application/atom+xml", "application/problem+json", "application/vnd.oai.openapi+json"),
    *("application/x-bibtex", "application/x-research-info-systems", "application/vnd.citationstyles.csl+json"),
)
"""How the types begin that a coding makes smaller; a zip, a picture or a Parquet file is compressed already."""

WORTH_IT = 500
"""Bytes; what is shorter fits into one packet as it is."""


def is_compressed(content_type: str) -> bool:
    """Whether answers of this type are compressed."""
    return content_type.startswith(COMPRESSED)


def coding_for(accept_encoding: str, offered: Sequence[str] = ("br", "gzip")) -> str:
    """The coding that a reader likes best by its Accept-Encoding, the first of equals; empty where it takes none.

    ``gzip;q=0`` refuses gzip, ``*`` stands for all that is not named, and what cannot be read is refused.
    """
    weights: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        coding, _, parameter = part.partition(";")
        name, _, weight = parameter.partition("=")
        try:
            found = float(weight) if name.strip() == "q" else 1.0
        except ValueError:
            found = 0.0
        weights[coding.strip().removeprefix("x-")] = found
    others = weights.get("*", 0.0)
    best = max(offered, key=lambda coding: weights.get(coding, others))
    return best if weights.get(best, others) > 0 else ""
