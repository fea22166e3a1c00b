"""How a streamed answer reaches its reader: compressed where asked for, and never cut off without a sign of it.

A file that breaks off must not look like a whole one. Over HTTP, two things tell a reader's program that it has not
got all: a length that was promised, and the closing chunk of a chunked answer (RFC 9112, section 8). A server that
speaks HTTP/1.0 to us has no chunks, and takes a closed connection for the end. So each stream has one of the two:

- A short one is made whole first, and sent with its length.
- A longer one is sent in chunks while it is made. If it breaks, the server closes the connection without the closing
  chunk.
- Where there are no chunks, as behind nginx with its long-time default of HTTP/1.0, it is made whole in a file on disk
  first, and sent with its length.
"""

import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import IO

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from evaltracker.web.codings import coding_for, is_compressed

PIECE = 64 * 1024
"""At least as much is sent at a time: a row by itself would be a packet by itself."""

WHOLE = 1024 * 1024
"""A stream up to this size, before it is compressed, is sent with its length."""

LEVEL = 4
"""Of zlib: a good half of the time that its usual 6 takes, for an eighth more bytes, on records like ours."""


class StreamsMiddleware:
    """Compresses and bounds what views stream. Other answers pass as they are."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse) and not response.is_async and "Content-Length" not in response:
            _bound(request, response)
        return response


def _bound(request: HttpRequest, response: StreamingHttpResponse) -> None:
    is_gzip = False
    if is_compressed(response["Content-Type"]) and "Content-Encoding" not in response:
        patch_vary_headers(response, ["Accept-Encoding"])
        is_gzip = bool(coding_for(request.headers.get("Accept-Encoding", ""), ("gzip",)))
    if is_gzip:
        response["Content-Encoding"] = "gzip"
    if request.method == "HEAD":
        response.streaming_content = ()
        return
    pieces = in_pieces(response.streaming_content)
    first, size = [], 0
    for piece in pieces:
        first.append(piece)
        size += len(piece)
        if size > WHOLE:
            break
    sent = chain(first, pieces)
    if is_gzip:
        sent = gzipped(sent)
    if size <= WHOLE:
        whole = b"".join(sent)
        response.streaming_content = (whole,)
        response["Content-Length"] = str(len(whole))
    elif is_chunked(request):
        response.streaming_content = sent
    else:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed with the response
        try:
            for piece in sent:
                file.write(piece)
            response["Content-Length"] = str(file.tell())
        except BaseException:
            file.close()
            raise
        file.seek(0)
        response.streaming_content = _File(file)


class _File:
    """The bytes of a file that is gone once it is closed."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.close = file.close

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(PIECE), b"")


def is_chunked(request: HttpRequest) -> bool:
    """Whether the server sends an answer without a length in chunks: gunicorn does, to a reader of HTTP/1.1."""
    server = request.META.get("SERVER_SOFTWARE", "")
    return request.META.get("SERVER_PROTOCOL") == "HTTP/1.1" and server.startswith("gunicorn")


def in_pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that are worth sending."""
    waiting: list[bytes] = []
    size = 0
    for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size >= PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


class Gzip:
    """Packs pieces, the first one out at once. No time is in it, so the same pieces give the same bytes."""

    def __init__(self) -> None:
        self._compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)
        self._is_first = True

    def add(self, piece: bytes) -> bytes:
        """What is ready once this piece is there; often nothing."""
        packed = self._compressor.compress(piece)
        if self._is_first:
            packed += self._compressor.flush(zlib.Z_SYNC_FLUSH)
            self._is_first = False
        return packed

    def end(self) -> bytes:
        """The rest."""
        return self._compressor.flush()


def gzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces compressed."""
    packing = Gzip()
    for piece in pieces:
        if packed := packing.add(piece):
            yield packed
    yield packing.end()
