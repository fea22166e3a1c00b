"""The text of an uploaded document: .txt, .html, .mhtml or .pdf.

The content is not trusted, so everything is limited: size, pages, unpacked bytes and time.
"""

import codecs
import io
import logging
import math
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import MessageError
from email.message import Message
from email.parser import BytesFeedParser
from email.policy import Compat32
from html.parser import HTMLParser
from pathlib import PurePath
from typing import Any

import pypdf
from django.conf import settings
from django.core.exceptions import ValidationError
from pypdf.errors import DependencyError, LimitReachedError

from labs.actions.apart import read_apart
from labs.rules.quotes import PAGE_BREAK, raised

MOST_MEBIBYTES = 20
MOST_BYTES = MOST_MEBIBYTES * 1024 * 1024
MOST_CHARACTERS = 20_000_000
MOST_PAGES = 3_000
MOST_SECONDS = 20.0
MOST_UNPACKED = 10_000_000  # bytes of one stream of a PDF, such as all that a page draws

ALLOWED = "Upload a .txt, .html, .mhtml or .pdf file, or paste the text."
_TOO_MUCH = "Paste the part of the text that is quoted."
_BAD_HTML = "The HTML is damaged: a tag, a comment or a declaration has no end. Paste the text."
_BAD_MHTML = "The file is damaged, or holds no page of HTML. Save the page again, or paste the text."
_TRANSFER = 64 * 1024  # characters of HTML between two checks of the time
_LONGEST_TAG = 1024 * 1024
_LONGEST_HEADER = 16 * 1024  # of MHTML: Python takes the square of its length to read one
_TRANSFER_OF_MHTML = 4 * 1024  # each line is compared with every boundary that is open
_MOST_BOUNDARIES = 100
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
# Those that the web uses. Python has other codecs, which are no character sets or slow on hostile input.
_WEB_CHARSETS = re.compile(
    r"utf-8|cp125\d|cp874|iso8859-\d+|koi8-[ru]|gbk|gb2312|gb18030|big5|euc_jp|shift_jis|iso2022_jp|euc_kr|mac-roman"
)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # databases and UTF-8 refuse them
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")

# Lower than pypdf's own limits, with which 60 kB can take minutes or gigabytes: time is not checked within a stream.
_LIMITS = {
    "array_based_stream_maximum_output_length": MOST_UNPACKED,
    "brotli_maximum_output_length": MOST_UNPACKED,
    "lzw_maximum_output_length": MOST_UNPACKED,
    "run_length_maximum_output_length": MOST_UNPACKED,
    "zlib_maximum_output_length": MOST_UNPACKED,
    "stream_decoding_work_maximum_length": 4 * MOST_UNPACKED,
    "stream_parsing_work_maximum_count": 1_000_000,
}

# The place of a ligature in one encoding of TeX fonts is a page break or a line end here; in the other it is neither.
_TEX_LIGATURES = {0x0C: "\x1c", 0x0D: "\x1d"}

# Problems of a broken file go to the person who uploaded it, not to the log.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


class BadDocument(ValidationError):
    """A file that cannot be read; the sentence says why and what is allowed."""


def read_document(*, name: str, content: bytes) -> str:
    """The text of a file; the ending of its name says the format. Raises BadDocument."""
    if len(content) > MOST_BYTES:
        raise BadDocument(f"The file is larger than {MOST_MEBIBYTES} MiB. {_TOO_MUCH}")
    if not content.strip():
        raise BadDocument(f"The file is empty. {ALLOWED}")
    ending = PurePath(name).suffix.lower()
    reader = _READERS.get(ending)
    if reader is None:
        raise BadDocument(f"A file of this kind ({ending or 'no ending'}) cannot be read. {ALLOWED}")
    return cleaned(reader(content))


def read_upload(*, name: str, content: bytes) -> str:
    """The same of an uploaded file: in a process of its own, unless it is plain text. Raises BadDocument."""
    if PurePath(name).suffix.lower() not in _READ_APART or not settings.READ_FILES_APART or len(content) > MOST_BYTES:
        return read_document(name=name, content=content)
    return read_apart("labs.actions.documents:read_document", BadDocument, content, name=name)


def cleaned(text: str) -> str:
    """The text without characters that a database refuses. Raises BadDocument if nothing or too much is left."""
    text = _UNSTORABLE.sub("", text).strip()
    if not any(each.isalnum() for each in text):
        raise BadDocument("It has no text. If it is a scan or a page that JavaScript draws, paste the text.")
    if len(text) > MOST_CHARACTERS:
        raise BadDocument(f"Its text has more than {MOST_CHARACTERS:,} characters. {_TOO_MUCH}")
    return text


class _Clock:
    """Stops reading that takes too long."""

    def __init__(self) -> None:
        self.end = time.monotonic() + MOST_SECONDS

    def check(self) -> None:
        """Raise BadDocument when the time is up."""
        if time.monotonic() > self.end:
            raise BadDocument(f"Reading it takes longer than {MOST_SECONDS:.0f} seconds. {_TOO_MUCH}")


# --- text ----------------------------------------------------------------------------------------------------------


def _of_txt(content: bytes) -> str:
    return _decoded(content)


def _decoded(content: bytes, charset: str = "") -> str:
    """Decoded by its byte order mark, else by the character set that it names, else UTF-8, else Windows-1252."""
    if content[:1024].lstrip().startswith(b"%PDF-"):
        raise BadDocument("It is a PDF file with another ending. Rename it to .pdf.")
    marked = [encoding for mark, encoding in _BYTE_ORDER_MARKS if content.startswith(mark)]
    for encoding in marked[:1] or [charset, "utf-8", "cp1252"]:
        try:
            text = content.decode(encoding) if encoding else None
        except UnicodeDecodeError:
            continue
        if text is not None and len(_CONTROL.findall(text)) <= len(text) / 10:
            return text
    raise BadDocument("It cannot be read as text. Save it as UTF-8, or paste the text.")


# --- HTML ----------------------------------------------------------------------------------------------------------


_INLINE = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i"}
    | {"img", "ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span"}
    | {"strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
)
_NOT_SAID = frozenset(
    {"script", "style", "title", "template", "noscript", "del", "s", "strike", "rp", "rt"}
    | {"iframe", "noframes", "audio", "video", "canvas", "datalist"}  # what old browsers show in their place
)
_WITHOUT_CONTENT = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
_PARAGRAPH = frozenset({"p"})
_ENDED_BY = {  # what a tag ends without an end tag of its own, and where the search for it stops
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "menu"})),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "td": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "th": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    "option": (frozenset({"option"}), frozenset({"select"})),
}
_DEEPEST_SEARCH = 50
_MOST_PARTS_OF_A_MARK = 20
_RAISED_STYLE = re.compile(r"(?:^|;)\s*vertical-align\s*:\s*super\b", re.IGNORECASE)
_HIDDEN_STYLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))(?![\w-])", re.IGNORECASE
)


class _Page(HTMLParser):
    """Collects what a page says: one line for each block, without what is struck out or not shown.

    The digits of a raised mark become raised digits. What style sheets hide is not known.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        # the tag, whether it is left out, whether it is raised, where its text begins
        self.open: list[tuple[str, bool, bool, int]] = []
        self.count: Counter[str] = Counter()  # of each tag in ``open``
        self.left_out = 0  # how many elements of ``open`` are left out

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self._close(len(self.open))
        self._end_before(tag)
        self._break(tag)
        if tag not in _WITHOUT_CONTENT:
            attributes = dict(attrs)
            is_left_out = _is_not_said(tag, attributes)
            self.open.append((tag, is_left_out, _is_raised(tag, attributes), len(self.parts)))
            self.count[tag] += 1
            self.left_out += is_left_out

    def handle_endtag(self, tag: str) -> None:
        if self.count[tag]:
            place = next(place for place in range(len(self.open) - 1, -1, -1) if self.open[place][0] == tag)
            self._close(len(self.open) - place)
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self.left_out:
            # A line of the file is no line of the page.
            self.parts.append(re.sub(r"[ \t\r\n\f]+", " ", data))

    def _close(self, number: int) -> None:
        for _ in range(number):
            tag, is_left_out, is_raised, start = self.open.pop()
            self.count[tag] -= 1
            self.left_out -= is_left_out
            if is_raised and not self.left_out and len(self.parts) - start <= _MOST_PARTS_OF_A_MARK:
                self.parts[start:] = [raised("".join(self.parts[start:]))]

    def _end_before(self, tag: str) -> None:
        """Close what the start of an element ends: a paragraph by a block, a cell by the next one, and so on."""
        if tag in _ENDED_BY:
            ended, stops = _ENDED_BY[tag]
        elif tag not in _INLINE and tag not in _WITHOUT_CONTENT and self.count["p"]:
            ended, stops = _PARAGRAPH, frozenset()
        else:
            return
        for number, (each, *_) in enumerate(reversed(self.open[-_DEEPEST_SEARCH:]), start=1):
            if each in ended:
                self._close(number)
                return
            if each in stops or (ended is _PARAGRAPH and each not in _INLINE):
                return

    def _break(self, tag: str) -> None:
        if tag not in _INLINE and not self.left_out:
            self.parts.append(" " if tag in ("td", "th") else "\n")


def _is_not_said(tag: str, attributes: dict[str, str | None]) -> bool:
    if tag in ("html", "body"):  # hidden until a script shows them
        return False
    if tag == "template":  # what browsers save of a part with a tree of its own is shown
        return not attributes.keys() & {"shadowrootmode", "shadowmode"}
    is_hidden = "hidden" in attributes and (attributes["hidden"] or "").strip().lower() != "until-found"
    is_closed = tag == "dialog" and "open" not in attributes
    return tag in _NOT_SAID or is_hidden or is_closed or bool(_HIDDEN_STYLE.search(attributes.get("style") or ""))


def _is_raised(tag: str, attributes: dict[str, str | None]) -> bool:
    style, role = attributes.get("style") or "", attributes.get("role") or ""
    return tag == "sup" or role == "doc-noteref" or bool(_RAISED_STYLE.search(style))


def _of_html(content: bytes, charset: str = "") -> str:
    """The text of a page; ``charset`` is what whoever sent it says of it."""
    try:
        page = _fed(_decoded(content, _known_charset(charset) or _named_charset(content)))
    except AssertionError as error:  # the parser's own, on a declaration that makes no sense
        raise BadDocument(_BAD_HTML) from error
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in "".join(page.parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _fed(text: str) -> _Page:
    """The page that a text is. By and by: what the parser makes of hostile input can take the square of its length."""
    clock, page = _Clock(), _Page()
    for start in range(0, len(text), _TRANSFER):
        page.feed(text[start : start + _TRANSFER])
        clock.check()
        if len(page.rawdata) > _LONGEST_TAG and not page.cdata_elem:
            raise BadDocument(_BAD_HTML)
    if len(page.rawdata) <= _LONGEST_TAG:  # else it ends in a script
        page.close()
    return page


def _named_charset(content: bytes) -> str:
    """The character set that a page names, as Python calls it; empty where it names none that browsers know."""
    found = _CHARSET.search(content[:4096])
    return _known_charset(found[1].decode("ascii", "replace")) if found else ""


def _known_charset(name: str) -> str:
    try:
        name = codecs.lookup(name).name
    except (LookupError, UnicodeError, ValueError):
        return ""
    if name in ("ascii", "iso8859-1"):
        return "cp1252"  # as browsers have it
    return name if _WEB_CHARSETS.fullmatch(name) else ""


# --- MHTML ---------------------------------------------------------------------------------------------------------


class _BoundedHeaders(Compat32):
    """Refuses long headers before Python reads them."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        if sum(len(line) for line in sourcelines) > _LONGEST_HEADER:
            raise BadDocument(_BAD_MHTML)
        return super().header_source_parse(sourcelines)


def _of_mhtml(content: bytes) -> str:
    """The page that a browser saved with its pictures as one file."""
    if content.lower().count(b"boundary=") > _MOST_BOUNDARIES:
        raise BadDocument(_BAD_MHTML)
    clock, parser = _Clock(), BytesFeedParser(policy=_BoundedHeaders())
    try:
        for start in range(0, len(content), _TRANSFER_OF_MHTML):
            parser.feed(content[start : start + _TRANSFER_OF_MHTML])
            clock.check()
        page = _saved_page(parser.close())
        html = page.get_payload(decode=True) if page is not None else None
        charset = page.get_content_charset("") if page is not None else ""
    except (MessageError, RecursionError, LookupError, ValueError) as error:
        raise BadDocument(_BAD_MHTML) from error
    if not isinstance(html, bytes):
        raise BadDocument(_BAD_MHTML)
    return _of_html(html, charset)


def _saved_page(message: Message) -> Message | None:
    """The part that “start” names, else the first one of HTML."""
    parts = [part for part in message.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    start = message.get_param("start")
    named = [part for part in parts if start and part.get("Content-ID") == start]
    return (named + parts + [None])[0]


# --- PDF -----------------------------------------------------------------------------------------------------------


def _of_pdf(content: bytes) -> str:
    if b"%PDF-" not in content[:1024]:
        raise BadDocument(f"It is no PDF file, though its name ends in .pdf. {ALLOWED}")
    try:
        with pypdf.apply_configuration(**_LIMITS):
            return _text_of_pages(content)
    except BadDocument:
        raise
    except DependencyError as error:
        raise BadDocument("It is encrypted in a way that cannot be read here. Paste the text.") from error
    except (LimitReachedError, RecursionError, MemoryError) as error:
        raise BadDocument(f"It unpacks to more than can be read. {_TOO_MUCH}") from error
    except Exception as error:  # a hostile or broken file makes pypdf raise almost anything
        raise BadDocument("The PDF file is damaged and cannot be read. Paste the text.") from error


def _text_of_pages(content: bytes) -> str:
    clock = _Clock()
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise BadDocument("It is encrypted with a password. Save a copy without one, or paste the text.")
    count = reader.get_num_pages()
    if count > MOST_PAGES:
        raise BadDocument(f"It has {count:,} pages; at most {MOST_PAGES:,} can be read. {_TOO_MUCH}")
    texts, length = [], 0
    for page in reader.pages:
        texts.append(_text_of_page(page, clock))
        length += len(texts[-1])
        clock.check()
        if length > MOST_CHARACTERS:
            raise BadDocument(f"It unpacks to more than can be read. {_TOO_MUCH}")
    return PAGE_BREAK.join(texts)


@dataclass(slots=True)
class _Run:
    """Text of a page that is drawn in one go; its size and the height of its line in the units of the page."""

    text: str
    size: float
    height: float
    is_upright: bool


class _Runs:
    """Collects the runs of a page while pypdf reads it."""

    def __init__(self, clock: _Clock) -> None:
        self.clock = clock
        self.runs: list[_Run] = []
        self.rise = 0.0  # that is set
        self.shown_rise = 0.0  # of the text that was drawn last; pypdf does not count it

    def before(self, operator: bytes, operands: Any, _matrix: Any, _text_matrix: Any) -> None:
        """Called before each operation of the page."""
        self.clock.check()
        if operator == b"Ts":
            self.rise = float(operands[0]) if operands and isinstance(operands[0], int | float) else 0.0
        elif operator in (b"Tj", b"TJ", b"'", b'"'):
            self.shown_rise = self.rise

    def add(self, text: str, matrix: Sequence[float], text_matrix: Sequence[float], _font: Any, size: float) -> None:
        """Called with each run and where it begins."""
        a, b, c, d, e, f = text_matrix
        up = c * matrix[1] + d * matrix[3]
        height = (e + self.shown_rise * c) * matrix[1] + (f + self.shown_rise * d) * matrix[3] + matrix[5]
        turned = a * matrix[1] + b * matrix[3]
        self.runs.append(
            _Run(text, abs(size * up), height, is_upright=up > 0 and math.isclose(turned, 0, abs_tol=1e-6))
        )


def _text_of_page(page: pypdf.PageObject, clock: _Clock) -> str:
    """The text of a page, in which the digits of raised marks are raised digits."""
    runs = _Runs(clock)
    text = page.extract_text(visitor_operand_before=runs.before, visitor_text=runs.add)
    text = _with_marks(runs.runs) if "".join(run.text for run in runs.runs) == text else text
    return text.translate(_TEX_LIGATURES)


def _with_marks(runs: Sequence[_Run]) -> str:
    """The text of runs. A small, raised one with nothing but digits is a mark, even if it was taken for a line."""
    parts: list[str] = []
    base: _Run | None = None  # on whose line a mark would stand
    is_after_mark = False
    for run in runs:
        if not run.text.strip():
            parts.append(run.text)
            continue
        if base is not None and _is_mark(run, base):
            _drop_line_end(parts)
            parts.append(raised(run.text))
            is_after_mark = True
            continue
        is_same_line = base is not None and abs(run.height - base.height) < base.size / 10
        if is_after_mark and is_same_line and _drop_line_end(parts) and run.text[0].isalnum():
            parts.append(" ")
        parts.append(run.text)
        base, is_after_mark = run, False
    return "".join(parts)


def _drop_line_end(parts: list[str]) -> bool:
    """Remove the line ends at the end of the parts; whether there were any."""
    tail = ""
    while parts and not tail.strip("\n"):
        tail = parts.pop() + tail
    parts.append(tail.rstrip("\n"))
    return tail.endswith("\n")


def _is_mark(run: _Run, base: _Run) -> bool:
    rise = run.height - base.height
    return (
        run.is_upright
        and base.is_upright
        and raised(run.text) != run.text
        and run.size <= 0.95 * base.size
        and 0.1 * base.size <= rise <= 0.8 * base.size
    )


_READERS = {
    ".txt": _of_txt,
    ".html": _of_html,
    ".htm": _of_html,
    ".mhtml": _of_mhtml,
    ".mht": _of_mhtml,
    ".pdf": _of_pdf,
}
_READ_APART = _READERS.keys() - {".txt"}
