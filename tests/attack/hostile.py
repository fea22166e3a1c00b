"""Requests that no browser sends, made from a number: real routes, wrong parameters, headers, methods and bodies."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from evaltracker.web.openapi import described_addresses
from labs.web.parameters import KEPT
from tests.attack.routes import Addresses, routes

VALUES = (
    *("", " ", "0", "-1", "9" * 19, "9" * 30, "1.5", "1e9", "NaN", "²", "１", "true", "None", "unknown", "yes", "no"),
    *(
        "'",
        '"',
        "\\",
        "%",
        "_",
        "%%",
        "' OR 1=1 --",
        '") OR ("1"="1',
        "a' UNION SELECT NULL --",
        "*",
        "[",
        "(",
        "(?",
        "|",
    ),
    *(
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{7*7}}",
        "{% debug %}",
        "${7*7}",
        "%(x)s",
        "{0}",
    ),
    *(
        "=1+1",
        "+1",
        "@SUM(1)",
        "\t=1",
        "\0",
        "\x01",
        "\x1b[2J",
        "\r\nX-Injected: 1",
        "\u202e",
        "\ufeff",
        "\ud800",
        "é" * 50,
    ),
    *(
        "x" * 300,
        "x" * 3000,
        "a " * 100,
        "2024-05-24",
        "2024-13-40",
        "9999-12-31",
        "0001-01-01",
        "20240524",
        "2024-W21-5",
    ),
    *(
        "openai",
        "gpt-4",
        "metr",
        "year",
        "all",
        "evaluated:25,depth:15",
        "evaluated:nan",
        ":",
        ",",
        "-name",
        "name,-name",
    ),
    *(
        "../../etc/passwd",
        "file:///etc/passwd",
        "https://evil.example/",
        "//evil.example/",
        "2026.12.0",
        "1",
        "2",
        "csv",
    ),
)
"""Harmless by themselves: what a site must escape, refuse or not find."""
RAW = (
    "%",
    "%zz",
    "%ff",
    "%ed%a0%80",
    "%c0%ae",
    "+",
    "%2500",
    "%0d%0aX-Injected:1",
    "a&b",
    "==",
    "%u0041",
    ";a=b",
    "%00",
)
"""What stands in an address as it is."""
NAMES = (
    *KEPT,
    "q",
    "page",
    "sort",
    "columns",
    "labels",
    "lab",
    "text",
    "key",
    "record",
    "colour",
    "utm_source",
    "%00",
    "a[]",
)
HEADERS = {
    "Accept": ("*/*", "text/html", "application/json", "application/json;q=abc", ",,,;", "x" * 3000, "é", "text/*;q=2"),
    "Accept-Encoding": ("gzip", "br", "gzip;q=0", "identity;q=0", "*;q=0", "br;q=x, gzip", "zstd", ",", "x" * 2000),
    "If-None-Match": ("*", '"x"', "W/", '"', "W/" + '"a",' * 300, "x", '"\x01"', ""),
    "If-Modified-Since": ("yesterday", "Thu, 01 Jan 1970 00:00:00 GMT", "9" * 40, "Mon, 99 Xyz 99999 99:99:99 GMT"),
    "Range": ("bytes=0-", "bytes=-1", "bytes=9999999999-", "bytes=0-1,0-1,0-1", "lines=1", "bytes=x", "bytes=5-1"),
    "Cookie": (
        "sessionid=x",
        "sessionid=" + "9" * 4000,
        "csrftoken=",
        "a=b; a=c;;;=",
        'x="\\000"',
        "messages=x",
        "é=é",
        "=",
        '"',
    ),
    "Accept-Language": ("de", "xx-YY", "../../x", "x" * 1000, "*;q=9"),
    "X-Forwarded-For": ("127.0.0.1", "x", ",,,", "::1", "1.2.3.4, é"),
    "X-Forwarded-Proto": ("https", "javascript", ""),
    "X-Http-Method-Override": ("DELETE", "PUT"),
    "Origin": ("null", "https://evil.example", "x"),
    "Referer": ("https://evil.example/", "\\", "x" * 2000),
    "Host": ("evil.example", "testserver:99999", "", "[::1", "testserver\\x"),
    "Content-Length": ("-1", "x", "²", "99999999999", "5", ""),
    "Transfer-Encoding": ("chunked", "x"),
    "X-Request-Id": ("x" * 500, "\r\n", "é", "a b"),
    "Authorization": ("Bearer x", "Basic " + "A" * 500, "é"),
    "Purpose": ("prefetch",),
}
METHODS = ("GET",) * 14 + (
    "HEAD",
    "HEAD",
    "POST",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "QUERY",
    "get",
)
BODIES = (
    ("application/x-www-form-urlencoded", b"claim=x&wrong=y&page=/&opened=x"),
    ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % number for number in range(6000))),
    ("application/x-www-form-urlencoded", b"claim=%00%ed%a0%80&=&=&%"),
    ("application/x-www-form-urlencoded; charset=nothing", b"claim=x"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=claim\r\n\r\n"),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="../x"\r\n\r\nz\r\n--x--\r\n',
    ),
    ("multipart/form-data; boundary=" + "y" * 300, b"--y"),
    ("multipart/form-data; boundary=\xe9", b"--\xe9"),
    ("application/json", b'{"a": [1,'),
    ("application/json", b"[" * 20_000),
    ("text/xml", b'<?xml version="1.0"?><a>&b;</a>'),
    ("", b"\0" * 100),
    ("x", b"x" * 200_000),
)
DEAR = (".png", ".zip", ".sqlite", ".parquet", ".xlsx")
"""What is dear to make without a cache; a few of them are enough."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as the test client takes it."""

    method: str
    path: str
    query: str
    headers: dict[str, str] = field(default_factory=dict)
    body: tuple[str, bytes] = ("", b"")


class Hostile:
    """Makes requests from a seed, the same ones for the same seed, routes and records."""

    def __init__(self, seed: int, addresses: Addresses) -> None:
        self.any = random.Random(seed)
        found = {route.form: addresses.of(route) for route in routes()}
        self.dear = [path for path in found.values() if path.endswith(DEAR)]
        self.paths = [path for path in found.values() if not path.endswith(DEAR)]
        self.filters = {
            path: [*what.filters.base_filters] for path, _, _, what in described_addresses() if what.filters
        }

    def requests(self, count: int) -> Iterator[Request]:
        """So many requests."""
        for _ in range(count):
            yield self.request()

    def request(self) -> Request:
        path = self._path()
        method = self.any.choice(METHODS)
        headers = {name: self.any.choice(HEADERS[name]) for name in self.any.sample(list(HEADERS), self._few())}
        body = self.any.choice(BODIES) if method not in ("GET", "HEAD") or self.any.random() < 0.03 else ("", b"")
        return Request(method, path, self._query(path), headers, body)

    def _few(self) -> int:
        return self.any.choice((0, 0, 1, 1, 2, 3))

    def _path(self) -> str:
        path = self.any.choice(self.dear if self.any.random() < 0.01 else self.paths)
        match self.any.randrange(10):
            case 0:
                parts = path.split("/")
                parts[self.any.randrange(len(parts))] = self.any.choice(VALUES)
                return "/".join(parts) if parts[0] == "" else "/" + "/".join(parts)
            case 1:
                ways = (
                    path[:-1],
                    path + "/",
                    "/" + path,
                    path.upper(),
                    path + ".json",
                    path + "..",
                    path + "%00",
                    path + "cite.json",
                )
                return self.any.choice(ways) or "/"
            case _:
                return path

    def _query(self, path: str) -> str:
        stem = path.rstrip("/")
        names = self.filters.get(stem, self.filters.get(f"{stem}.csv", [])) or NAMES
        pairs = []
        for _ in range(self._few()):
            name = self.any.choice(names if self.any.random() < 0.6 else NAMES)
            value = self.any.choice(VALUES)
            is_raw = self.any.random() < 0.1
            pairs.append(f"{name}={self.any.choice(RAW) if is_raw else quote(value, errors='surrogatepass')}")
        return "&".join(pairs)
