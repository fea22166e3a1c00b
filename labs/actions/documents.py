"""The text of an uploaded document: .txt, .html or .pdf.

The content is not trusted, so everything is limited: size, pages, unpacked bytes and time.
"""

import codecs
import io
import logging
import re
import time
from html.parser import HTMLParser
from pathlib import PurePath

import pypdf
from django.core.exceptions import ValidationError
from pypdf.errors import DependencyError, LimitReachedError

MOST_MEBIBYTES = 20
MOST_BYTES = MOST_MEBIBYTES * 1024 * 1024
MOST_CHARACTERS = 20_000_000
MOST_PAGES = 3_000
MOST_SECONDS = 20.0
MOST_UNPACKED = 10_000_000  # bytes of one stream of a PDF, such as all that a page draws

ALLOWED = "Upload a .txt, .html or .pdf file, or paste the text."
_TOO_MUCH = "Paste the part of the text that is quoted."
_BAD_HTML = "The HTML is damaged: a tag, a comment or a declaration has no end. Paste the text."
_TRANSFER = 64 * 1024  # characters of HTML between two checks of the time
_LONGEST_TAG = 1024 * 1024
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
    reader = {".txt": _of_txt, ".html": _of_html, ".htm": _of_html, ".pdf": _of_pdf}.get(ending)
    if reader is None:
        raise BadDocument(f"A file of this kind ({ending or 'no ending'}) cannot be read. {ALLOWED}")
    return cleaned(reader(content))


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


class _Page(HTMLParser):
    """Collects the text of a page: one line for each block, without scripts, styles and the like."""

    LEFT_OUT = frozenset({"script", "style", "title", "template"})
    INLINE = frozenset(
        {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i"}
        | {"img", "ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span"}
        | {"strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.inside = 0  # how many elements that are left out

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self.inside = 0
        self._break(tag)
        self.inside += tag in self.LEFT_OUT

    def handle_endtag(self, tag: str) -> None:
        if tag in self.LEFT_OUT and self.inside:
            self.inside -= 1
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self.inside:
            # A line of the file is no line of the page.
            self.parts.append(re.sub(r"[ \t\r\n\f]+", " ", data))

    def _break(self, tag: str) -> None:
        if tag not in self.INLINE and not self.inside:
            self.parts.append(" " if tag in ("td", "th") else "\n")


def _of_html(content: bytes) -> str:
    try:
        page = _fed(_decoded(content, _named_charset(content)))
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
    if found is None:
        return ""
    try:
        name = codecs.lookup(found[1].decode("ascii")).name
    except (LookupError, UnicodeDecodeError):
        return ""
    if name in ("ascii", "iso8859-1"):
        return "cp1252"  # as browsers have it
    return name if _WEB_CHARSETS.fullmatch(name) else ""


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
        texts.append(page.extract_text(visitor_operand_before=lambda *_: clock.check()))
        length += len(texts[-1])
        clock.check()
        if length > MOST_CHARACTERS:
            raise BadDocument(f"It unpacks to more than can be read. {_TOO_MUCH}")
    return "\n".join(texts)
