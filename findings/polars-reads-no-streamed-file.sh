#!/usr/bin/env bash
# polars 2.1.0: read_csv takes an address, but of a server that neither says the length of the file beforehand nor sends
# parts of it, as one that writes a file while it sends it, it reads nothing: "Content-Length Header missing from
# response"; with the length alone, "Range request not supported". With both it reads the file, and so it does the bytes
# that urllib fetches from the first address.
# RFC 9110, sections 8.6 and 14.2: a server need not send Content-Length, and may ignore Range. pandas 3.1.1 reads all
# three addresses.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check polars==2.1.0 pandas==3.1.1
cd "$folder"
venv/bin/python - <<'PY'
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import urlopen

import pandas as pd
import polars as pl

CONTENT = b"key,answer\r\na,yes\r\nb,unknown\r\n"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        content, part = CONTENT, self.headers.get("Range") if self.path == "/length-and-parts.csv" else None
        if part:
            first, last = part.removeprefix("bytes=").split("-")
            content = CONTENT[int(first) : int(last or len(CONTENT)) + 1]
        self.send_response(206 if part else 200)
        self.send_header("Content-Type", "text/csv")
        if part:
            self.send_header("Content-Range", f"bytes {first}-{int(first) + len(content) - 1}/{len(CONTENT)}")
        if self.path != "/streamed.csv":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    do_HEAD = do_GET

    def log_message(self, *arguments):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
site = f"http://127.0.0.1:{server.server_port}"


def rows(read, what):
    try:
        return len(read(what))
    except Exception as error:
        return next((each for each in ("Content-Length Header missing", "Range request not supported") if each in str(error)), error)


print("polars", pl.__version__, "pandas", pd.__version__)
names = ("streamed", "length", "length-and-parts")
by_polars = [rows(pl.read_csv, f"{site}/{name}.csv") for name in names]
by_pandas = [rows(pd.read_csv, f"{site}/{name}.csv") for name in names]
of_bytes = rows(pl.read_csv, urlopen(f"{site}/streamed.csv").read())
print("served              ", *names, sep=" | ")
print("polars, the address ", *by_polars, sep=" | ")
print("pandas, the address ", *by_pandas, sep=" | ")
print("polars, the bytes   ", of_bytes, sep=" | ")
assert by_pandas == [2, 2, 2] and of_bytes == 2
assert by_polars == ["Content-Length Header missing", "Range request not supported", 2], "it reads otherwise now"
PY
