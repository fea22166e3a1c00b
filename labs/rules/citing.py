"""Citations of what the site shows and of what it quotes: as text, BibTeX, RIS and CSL-JSON.

An organisation stays one name, and a date stays as precise as its source: where it is not a day, a month or a year, the
citation holds its words. Each format is written so that the programs which read it give back what went in.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from labs.rules.dates import day_label, label, span
from labs.rules.vocabulary import Term
from labs.rules.words import sentence

PUBLISHER = "EvalTracker"
LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"

_PLAIN_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
HELD_AT = f", held by {PUBLISHER} at "
"""Stands in a footnote before the address of our page with the quote."""
_FOOTNOTE = re.compile(rf"“(?P<quote>.+)” [^“”]+, “[^“”]*(?:“[^“”]*”[^“”]*)*”, [^“”]*{re.escape(HELD_AT)}$")
_UNSURE = re.compile(r"[?~%X]")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class Cited(Term):
    """What is cited."""

    PAGE = "page", "a page", "A page on the web."
    DATASET = "dataset", "a data set", "Records as files."


@dataclass(frozen=True, slots=True)
class Reference:
    """One thing that is cited.

    ``author`` is a name as it is printed, of an organisation or a person: no format takes it apart. ``issued`` is a
    date in EDTF, empty where none is known. ``sentence`` is what the citation is of, ``notes`` are what a reader has to
    know besides, and ``text`` is all of it for a footnote.
    """

    key: str
    kind: Cited
    title: str
    author: str
    issued: str
    url: str
    accessed: dt.date | None = None
    publisher: str = ""
    version: str = ""
    sentence: str = ""
    notes: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class QuotedSource:
    """A source as a quote of it is cited. ``words`` says whose words they are, and where they were read; ``held_at`` is
    the permalink of our page with its quotes. ``is_about``: its address is that of the text that its words are about.
    """

    key: str
    title: str
    author: str
    publisher: str
    published_on: str
    url: str
    archived_url: str
    read_on: dt.date
    words: str
    edition: str = ""
    held_at: str = ""
    is_about: bool = False


# --------------------------------------------------------------------------------------------------- what is cited


def page_reference(
    *,
    title: str,
    url: str,
    as_of: dt.date,
    data_version: str,
    method_version: int,
    made_on: dt.date | None = None,
    sentence: str = "",
    accessed: dt.date | None = None,
    kind: Cited = Cited.PAGE,
    key: str = "",
) -> Reference:
    """What this site shows at an address. It is as old as its data version, which was made on ``made_on``."""
    suggested = suggested_citation(
        title=title,
        url=url,
        as_of=as_of,
        data_version=data_version,
        method_version=method_version,
        accessed=accessed,
    )
    return Reference(
        key=key or entry_key(PUBLISHER, title, str(as_of), data_version),
        kind=kind,
        title=f"{title}, as of {day_label(as_of)}",
        author=PUBLISHER,
        issued=made_on.isoformat() if made_on else "",
        url=url,
        accessed=accessed,
        version=data_version,
        sentence=sentence,
        notes=(f"Data version {data_version or 'none yet'}, method version {method_version}, {LICENCE}",),
        text=_one_line(f"{sentence} {suggested}"),
    )


def quote_reference(source: QuotedSource, quoted: str = "") -> Reference:
    """A source, with the words that are quoted of it. Each quote of a source has its own key."""
    return Reference(
        key=entry_key(source.key, quote_id(quoted) if quoted else ""),
        kind=Cited.PAGE,
        title=f"{source.title} ({source.edition})" if source.edition else source.title,
        author=source.author,
        issued=source.published_on,
        url=source.held_at or source.url if source.is_about else source.url,
        accessed=source.read_on,
        publisher="" if source.publisher == source.author else source.publisher,
        notes=(
            *((f"Quoted: “{_one_line(quoted)}”",) if quoted else ()),
            sentence(source.words).removesuffix("."),
            *((f"About the text at {source.url}",) if source.is_about else ()),
            *((f"Archived copy: {source.archived_url}",) if source.archived_url else ()),
            *((f"Held by {PUBLISHER} at {source.held_at}",) if source.held_at else ()),
        ),
        text=footnote(source, quoted),
    )


def quote_id(quoted: str) -> str:
    """What tells the quotes of a source apart in an address; it stays while the words stay."""
    return hashlib.sha256(quoted.encode()).hexdigest()[:12]


def entry_key(*parts: str) -> str:
    """A key that BibTeX takes: small letters of ASCII, digits and hyphens."""
    return "-".join(filter(None, (re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in parts)))


def without_day_of_retrieval(reference: Reference) -> Reference:
    """The same, for a file that is the same on every day."""
    if reference.accessed is None:
        return reference
    return replace(reference, accessed=None, text=reference.text.replace(_retrieved(reference.accessed), ""))


# --------------------------------------------------------------------------------------------------------- as text


def suggested_citation(
    *,
    title: str,
    url: str,
    as_of: dt.date,
    data_version: str,
    method_version: int,
    accessed: dt.date | None = None,
) -> str:
    """How we ask to be cited, in one line of plain text; ``accessed`` is the day of retrieval, where it is known."""
    retrieved = _retrieved(accessed) if accessed else ""
    version = f"data version {data_version or 'none yet'}, method version {method_version}"
    return f"{PUBLISHER}: {_one_line(title)}, as of {day_label(as_of)}, {version}, {url}{retrieved}. {LICENCE}."


def _retrieved(day: dt.date) -> str:
    return f", retrieved on {day_label(day)}"


def footnote(source: QuotedSource, quoted: str = "") -> str:
    """A source with a quote of it, or without.

    Who, what, when in words, where (or where the text is that it is about), the archived copy, our page that holds it,
    the day on which we read it, and whose words they are.
    """
    when = label(source.published_on) or "not dated"
    by = source.publisher if source.author in source.publisher else f"{source.author} ({source.publisher})"
    title = f"{source.title}, {source.edition}" if source.edition else source.title
    archived = f", archived at {source.archived_url}" if source.archived_url else ""
    held = f"{HELD_AT}{source.held_at}" if source.held_at else ""
    return _one_line(
        f"{f'“{quoted}” ' if quoted else ''}{by}, “{title}”, {when}, "
        f"{'about the text at ' if source.is_about else ''}{source.url}{archived}{held}, "
        f"read on {day_label(source.read_on)}. {sentence(source.words)}"
    )


def quote_in_footnote(text: str) -> str | None:
    """The words that a footnote of ours quotes, of its text up to our address: "" where it quotes none; None for a text
    that is no footnote of ours.
    """
    text = f"{_one_line(text)} "
    if not text.endswith(HELD_AT):
        return None
    match = _FOOTNOTE.match(text)
    return match["quote"] if match else ""


def plain_text(references: Iterable[Reference]) -> str:
    """Footnotes, one on each line."""
    return "".join(f"{reference.text}\n" for reference in references)


# ------------------------------------------------------------------------------------------------------- as BibTeX


def bibtex(references: Iterable[Reference]) -> str:
    """Entries for BibTeX and biblatex, in UTF-8. A date that is no day, month or year is words in ``year``."""
    return "\n".join(map(_bibtex_entry, references))


def _bibtex_entry(reference: Reference) -> str:
    fields = {
        "author": f"{{{_latex(reference.author)}}}",
        "title": f"{{{_latex(reference.title)}}}",
        "publisher": _latex(reference.publisher),
        **_bibtex_date(reference.issued),
        "version": _latex(reference.version),
        "url": _ascii_address(reference.url),
        "urldate": reference.accessed.isoformat() if reference.accessed else "",
        "note": _latex(". ".join(reference.notes)),
        "abstract": _latex(reference.sentence),
    }
    # The name of a month is one of BibTeX's own abbreviations, which stand without braces.
    lines = [f"  {name} = {value if name == 'month' else f'{{{value}}}'},\n" for name, value in fields.items() if value]
    return f"@misc{{{reference.key},\n{''.join(lines)}}}\n"


def _bibtex_date(edtf: str) -> dict[str, str]:
    parts = _plain_parts(edtf)
    if parts is None:
        return {"year": _latex(label(edtf))}
    texts = [str(part) for part in parts]
    if len(parts) > 1:
        texts[1] = _MONTHS[parts[1] - 1]
    return dict(zip(("year", "month", "day"), texts, strict=False))


_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # \{ would count as a brace for BibTeX
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    "--": "-{}-",
    **{mark: f"\\{mark}" for mark in "$&#%_"},
}
_LATEX_SPECIAL = re.compile("|".join(map(re.escape, _LATEX)))


def _latex(text: str) -> str:
    return _LATEX_SPECIAL.sub(lambda match: _LATEX[match[0]], _one_line(text))


# ---------------------------------------------------------------------------------------------------------- as RIS


def ris(references: Iterable[Reference]) -> str:
    """References in RIS, in UTF-8 with the line ends of its specification.

    A comma would part the author's name into family and given name, and a semicolon the address for some readers: the
    first comma becomes a parenthesis, the semicolon its code. A date in doubt, a decade or an open end stands among the
    notes alone: the format has no words for it, and readers would take “about 2024 to January 2025” for January 2025.
    """
    return "".join(map(_ris_entry, references))


def _ris_entry(reference: Reference) -> str:
    date, words = _ris_date(reference.issued)
    publisher = reference.publisher or (reference.author if "," in reference.author else "")
    tags = [
        ("TY", "DATA" if reference.kind is Cited.DATASET else "ELEC"),
        ("ID", reference.key),
        ("AU", _undivided(reference.author)),
        ("TI", reference.title),
        *date,
        ("PB", publisher),
        ("ET", reference.version),
        ("UR", _ascii_address(reference.url).replace(";", "%3B")),
        ("Y2", f"{reference.accessed:%Y/%m/%d}/" if reference.accessed else ""),
        ("AB", reference.sentence),
        *(("N1", note) for note in (*words, *reference.notes)),
    ]
    lines = [f"{tag}  - {_one_line(value)}\r\n" for tag, value in tags if value]
    return f"{''.join(lines)}ER  - \r\n\r\n"


def _ris_date(edtf: str) -> tuple[list[tuple[str, str]], list[str]]:
    """The tags of the date, and the notes that say what the tags cannot."""
    parts = _plain_parts(edtf)
    if parts is not None:
        year, *rest = (f"{part:02}" for part in parts)
        return [("PY", year), *([("DA", "/".join([year, *rest]) + "/" * (3 - len(rest)))] if rest else [])], []
    if not edtf:
        return [], []
    if _UNSURE.search(edtf) or None in (span(edtf).earliest, span(edtf).latest):
        return [], [f"Date: {label(edtf)}"]
    return [("PY", label(edtf))], []


def _undivided(name: str) -> str:
    first, comma, rest = name.partition(",")
    return f"{first.strip()} ({rest.replace(',', ' –').strip()})" if comma and rest.strip() else first


# ----------------------------------------------------------------------------------------------------- as CSL-JSON


def csl_json(references: Iterable[Reference]) -> str:
    """References in the JSON of the Citation Style Language 1.0.2, which Zotero, Pandoc and others read."""
    return json.dumps([csl_item(reference) for reference in references], ensure_ascii=False, indent=2) + "\n"


def csl_item(reference: Reference) -> dict[str, Any]:
    """One reference as an item of CSL-JSON. The version is text, the author a ``literal``."""
    item = {
        "id": reference.key,
        "type": "dataset" if reference.kind is Cited.DATASET else "webpage",
        "title": _one_line(reference.title),
        "author": [{"literal": _one_line(reference.author)}],
        "issued": _csl_date(reference.issued),
        "publisher": _one_line(reference.publisher),
        "version": reference.version,
        "URL": _ascii_address(reference.url),
        "accessed": _csl_date(reference.accessed.isoformat()) if reference.accessed else None,
        "note": _one_line(". ".join(reference.notes)),
        "abstract": _one_line(reference.sentence),
    }
    return {name: value for name, value in item.items() if value}


def _csl_date(edtf: str) -> dict[str, Any] | None:
    parts = _plain_parts(edtf)
    if parts is not None:
        return {"date-parts": [parts]}
    return {"literal": label(edtf)} if edtf else None


# --------------------------------------------------------------------------------------------------- as CITATION.cff


def citation_cff(*, title: str, abstract: str, version: str, url: str = "", released: dt.date | None = None) -> str:
    """The file CITATION.cff of the data set, in the Citation File Format 1.2.0. The version is text."""
    values = {
        "cff-version": "1.2.0",
        "message": "If you use these records, please cite them with their data version.",
        "type": "dataset",
        "title": title,
        "version": version,
        "date-released": released.isoformat() if released else "",
        "license": "CC-BY-4.0",
        "url": url,
        "abstract": _one_line(abstract),
    }
    # A text of JSON is one of YAML, whatever stands in it.
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in values.items() if value]
    return f"{''.join(lines)}authors:\n  - name: {PUBLISHER}\n"


def _plain_parts(edtf: str) -> list[int] | None:
    """Year, month and day, as far as the date has them; None where it is no year, month or day, or in doubt."""
    match = _PLAIN_DATE.fullmatch(edtf)
    if match is None or edtf[5:7] > "12":
        return None
    return [int(part) for part in match.groups() if part]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _ascii_address(url: str) -> str:
    """The address in ASCII, without what LaTeX or a reader of RIS would take for its own; what has a code keeps it."""
    return quote(url, safe="%:/?#[]@!$&'()*+,;=-._~")
