"""Whether what a permalink showed is still so: its address, served with both data versions, and compared."""

import datetime as dt
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.http import Http404, QueryDict
from django.http.request import split_domain_port, validate_host
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from evaltracker.choices import CheckOutcome, WordsOutcome
from evaltracker.web.in_process import body_of, serve
from evaltracker.web.package.contents import Package
from evaltracker.web.package.requested import requested_selection
from evaltracker.web.package.tables import TABLES_BY_NAME
from evaltracker.web.page_text import BETWEEN_CELLS, page_text
from labs.models import DataVersion
from labs.queries.changes import PublicChange, described_changes, proposals_of
from labs.queries.editions import data_version, find_data_version
from labs.queries.kept import at_version, records, version_now
from labs.queries.recorded_changes import RecordedChange, changes_by
from labs.rules.citing import PUBLISHER, quote_in_footnote
from labs.rules.dates import day_label
from labs.rules.method import METHOD_VERSION
from labs.rules.quotes import SourceText, find
from labs.rules.text_differences import TextDifference, text_difference
from labs.rules.words import counted
from labs.web.parameters import READABLE, VERSIONS, BadParameters, ParameterProblem, address, today

LONGEST = 2000
"""So many characters may be pasted."""
MOST_STEPS = 6
"""So many data versions are looked at to find the one that brought the change: enough for one in 64."""
MOST_CHANGES = 20
NOT_CHECKED = ("/admin/", "/data/check", "/report/")
"""What holds no records; a check of checks would let one request ask for many."""

_CHECKABLE = re.compile(r"/|/.*(/|\.csv|\.json|\.jsonl)")

_ADDRESS = re.compile(r"https?://[^\s<>\"“”]+|(?<!\S)/[^\s<>\"“”]*")
_AFTER_ADDRESS = re.compile(r"^\W*(retrieved on \d{1,2} \w+ \d{4}\.?)?\s*(CC BY 4\.0\.?)?")
_MARKS = " \n\r\t,.;:–—-()[]\"“”'"


@dataclass(frozen=True, slots=True)
class Pasted:
    """An address of ours with the versions that it names, and the words that were pasted with it."""

    path: str
    query: str  # without the versions
    as_of: dt.date
    version: DataVersion
    words: str
    is_package: bool = False  # a file of the data package, whose path names the version, and may have no day

    @property
    def permalink(self) -> str:
        """The address with its data version."""
        versions = {} if self.is_package else {"data_version": str(self.version)}
        return address(self.path, QueryDict(self.query), **versions)


@dataclass(frozen=True, slots=True)
class _Said:
    """What an address says with one data version; ``is_there`` is False where it has no page."""

    is_there: bool
    lines: str
    all_lines: str = ""
    paths: frozenset[str] = frozenset()
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class _Compared:
    outcome: CheckOutcome
    cited: _Said
    newest: _Said
    difference: TextDifference | None
    unchanged_until: int | None  # the primary key of the last version that was seen to say the same
    changed_by: int | None  # and of the first that was seen not to


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of what was pasted.

    ``page_outcome`` is that of the page as a whole. Where it changed, it changed between ``unchanged_until`` and
    ``changed_by``: if no version lies between them (``is_exact``), with ``changed_by``, whose ``changes`` are about
    what the page shows.
    """

    pasted: Pasted
    newest: str
    page_outcome: CheckOutcome
    words_outcome: WordsOutcome
    difference: TextDifference | None
    unchanged_until: DataVersion | None
    changed_by: DataVersion | None
    is_exact: bool
    changes: tuple[PublicChange, ...]
    corrections: tuple[PublicChange, ...]
    moved_to: str
    changes_since: int

    @property
    def outcome(self) -> CheckOutcome:
        """The answer to what was pasted: to the words, where they can be looked for, else to the address."""
        return _OF_WORDS.get(self.words_outcome, self.page_outcome)

    @property
    def is_about_words(self) -> bool:
        """Whether the words that were pasted have an answer of their own."""
        return self.words_outcome in _OF_WORDS

    @property
    def sentence(self) -> str:
        """The answer in words."""
        cited, newest = f"data version {self.pasted.version}", f"data version {self.newest}, the newest"
        match self.words_outcome:
            case WordsOutcome.STILL_THERE:
                return f"Still so: these words stand at this address with {newest}."
            case WordsOutcome.GONE:
                return f"No longer there: these words stood at this address with {cited}, and do not with {newest}."
            case WordsOutcome.NEVER_THERE:
                return f"Not there: we do not find these words at this address with {cited}, which it names."
            case _:
                return self.page_sentence

    @property
    def page_sentence(self) -> str:
        """What became of the page as a whole, whatever the words."""
        if self.pasted.is_package:
            return self._of_package
        match self.page_outcome:
            case CheckOutcome.STILL_SO:
                return f"Still so: data version {self.newest}, the newest, shows the same at this address."
            case CheckOutcome.GONE:
                return f"No longer there: {self._since}."
            case _:
                return f"Changed: {self._since}."

    @property
    def changes_url(self) -> str:
        """Where the changes since the cited data version are listed."""
        return address(reverse("changes"), {"recorded_from": str(timezone.localdate(self.pasted.version.made_at))})

    @property
    def _of_package(self) -> str:
        is_of = f"this file is of data version {self.pasted.version}"
        if self.page_outcome == CheckOutcome.STILL_SO:
            return f"Still so: {is_of}, the newest."
        since = counted(self.changes_since, "public change")
        return f"There is newer data: {is_of}, and stays so. The newest is {self.newest}, {since} later."

    @property
    def _since(self) -> str:
        assert self.changed_by is not None
        assert self.unchanged_until is not None
        until, by = (
            f"data version {each}, made on {_made_on(each)}" for each in (self.unchanged_until, self.changed_by)
        )
        return (
            f"on {_made_on(self.changed_by)}, with data version {self.changed_by}"
            if self.is_exact
            else (f"after {until}, and by {by}")
        )


_OF_WORDS = {
    WordsOutcome.STILL_THERE: CheckOutcome.STILL_SO,
    WordsOutcome.GONE: CheckOutcome.GONE,
    WordsOutcome.NEVER_THERE: CheckOutcome.NEVER_THERE,
}


def pasted(text: str) -> Pasted:
    """The permalink in a text, and the words beside it. An address of ours is a path, or has a host of ours.

    Raises BadParameters where there is no address of this site in it, or one without a data version and a day.
    """
    if len(text) > LONGEST:
        raise _refusal(
            f"{text[:60]}…", f"This is longer than {LONGEST} characters.", ["one sentence and its permalink"]
        )
    found = [(match, match[0].rstrip(_MARKS)) for match in _ADDRESS.finditer(text)]
    if not found:
        raise _refusal(text, "There is no address in this.", [_example()])
    hosts = [_host_of(url) for _, url in found]
    of_ours = [each for each, named in zip(found, hosts, strict=True) if named is not None and _is_ours(named)]
    if not of_ours and hosts[0] is None:
        raise _refusal(found[0][1], "This is no address that can be read.", [_example()])
    if not of_ours:
        raise _refusal(found[0][1], "This address is not one of this site, so we cannot say.", [_example()])
    match, url = of_ours[0]
    words = text[: match.start()]
    if (quoted := quote_in_footnote(words)) is not None:
        return _with_versions(url, quoted)
    words = words[: words.rfind(f"{PUBLISHER}: ")] if f"{PUBLISHER}: " in words else words
    if not words.strip(_MARKS):
        words = _AFTER_ADDRESS.sub("", text[match.start() + len(url) :])
    return _with_versions(url, words.strip(_MARKS))


def _host_of(url: str) -> str | None:
    """The host that an address names, "" for a path; None for what is no address, such as ``http://[``."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return None


def _is_ours(named: str) -> bool:
    """Whether a host is that of the site, or another by which the site is called; none at all is."""
    if named in ("", urlsplit(settings.SITE_URL).netloc):
        return True
    host, _ = split_domain_port(named)
    return bool(host) and validate_host(host, [each for each in settings.ALLOWED_HOSTS if each != "*"])


def _with_versions(url: str, words: str) -> Pasted:
    parts = urlsplit(url)
    if (package := _of_package(parts.path, parts.query, words)) is not None:
        return package
    given = parse_qsl(parts.query, keep_blank_values=True)
    named = dict(given)
    if "data_version" not in named or "as_of" not in named:
        message = "This address does not say of which data version and day it is, so nothing can be compared with it."
        raise _refusal(url, message, [_example(), "each page has its permalink at its foot"])
    version = _found_version(url, named["data_version"])
    if named.get("method_version", str(METHOD_VERSION)) != str(METHOD_VERSION):
        message = f"It is by method version {named['method_version']}, and can be made only by the method of today."
        raise _refusal(url, message, [f"method_version={METHOD_VERSION}"])
    try:
        day = dt.date.fromisoformat(named["as_of"])
    except ValueError:
        raise _refusal(url, f"“{named['as_of']}” is not a day.", ["as_of=2024-05-24"]) from None
    query = urlencode([(name, value) for name, value in given if name not in VERSIONS], safe=READABLE)
    return Pasted(parts.path or "/", query, day, version, words)


def _found_version(url: str, name: str) -> DataVersion:
    version = find_data_version(name)
    if version is None:
        raise _refusal(url, f"There is no data version {name}.", [f"{data_version()}, the newest"])
    return version


def _of_package(path: str, query: str, words: str) -> Pasted | None:
    """A file of the data package, whose path names its data version; None for all other addresses."""
    try:
        found = resolve(path)
    except Resolver404:
        return None
    if found.url_name is None or not found.url_name.startswith("package_") or "version" not in found.kwargs:
        return None
    url = f"{path}?{query}" if query else path
    version = _found_version(url, found.kwargs["version"])
    try:
        with at_version(None if records().version == version else version):
            selection = requested_selection(QueryDict(query))
    except BadParameters as refused:
        problem = refused.problems[0]
        raise _refusal(f"{problem.parameter}={problem.value}", problem.message, list(problem.allowed)) from None
    if "table" in found.kwargs and found.kwargs["table"] not in TABLES_BY_NAME:
        raise _refusal(url, f"There is no table {found.kwargs['table']}.", list(TABLES_BY_NAME))
    return Pasted(path, query, Package(version, selection).day, version, words, is_package=True)


def check(asked: Pasted) -> Checked:
    """What became of what this permalink showed, and of the words beside it.

    Raises BadParameters where the address had no page with its data version.
    """
    later = [change for change in changes_by(today()) if change.version > asked.version.pk]
    if asked.is_package:
        return _checked_package(asked, later)
    compared = _compared(asked.path, asked.query, asked.version.pk, version_now().stamp)
    if not compared.cited.is_there:
        message = f"There is no page at this address with data version {asked.version}."
        raise _refusal(asked.permalink, message, [_example()])
    found = DataVersion.objects.select_related("edition").defer("marks", "lists")
    ends = found.in_bulk([pk for pk in (compared.unchanged_until, compared.changed_by) if pk is not None])
    until, by = ends.get(compared.unchanged_until or 0), ends.get(compared.changed_by or 0)
    is_exact = by is not None and not found.filter(pk__gt=compared.unchanged_until, pk__lt=by.pk).exists()
    paths = compared.cited.paths | compared.newest.paths | {asked.path}
    return Checked(
        pasted=asked,
        newest=data_version(),
        page_outcome=compared.outcome,
        words_outcome=_words_outcome(asked.words, compared),
        difference=compared.difference,
        unchanged_until=until,
        changed_by=by,
        is_exact=is_exact,
        changes=_about((each for each in later if by and each.version == by.pk), paths) if is_exact else (),
        corrections=_about((each for each in later if each.is_correction), paths),
        moved_to=compared.newest.moved_to,
        changes_since=len(later),
    )


def _checked_package(asked: Pasted, later: Collection[RecordedChange]) -> Checked:
    """Whether a file of the data package is of the newest data version. It is not made again: it never changes."""
    is_newest = str(asked.version) == data_version()
    return Checked(
        pasted=asked,
        newest=data_version(),
        page_outcome=CheckOutcome.STILL_SO if is_newest else CheckOutcome.NEWER,
        words_outcome=WordsOutcome.NOT_SOUGHT if asked.words else WordsOutcome.NOT_GIVEN,
        difference=None,
        unchanged_until=None,
        changed_by=None,
        is_exact=False,
        changes=(),
        corrections=(),
        moved_to="",
        changes_since=len(later),
    )


def _about(changes: Iterable[RecordedChange], paths: Collection[str]) -> tuple[PublicChange, ...]:
    """Those of the changes that are about a record to which the page leads."""
    return tuple(each for each in described_changes(proposals_of(changes)) if _path_of(each) in paths)[:MOST_CHANGES]


def _path_of(change: PublicChange) -> str:
    return change.url or ""


def _words_outcome(words: str, compared: _Compared) -> WordsOutcome:
    if not words:
        return WordsOutcome.NOT_GIVEN
    if not _has(compared.cited, words):
        return WordsOutcome.NEVER_THERE
    return WordsOutcome.STILL_THERE if _has(compared.newest, words) else WordsOutcome.GONE


def _has(said: _Said, words: str) -> bool:
    """Whether the words stand there; those of a row as a browser copies them, or as we print a row."""
    text, asked = (each.replace(BETWEEN_CELLS, " ") for each in (said.all_lines, words))
    return said.is_there and find(asked, SourceText(text)) is not None


@lru_cache(maxsize=200)
def _compared(path: str, query: str, version: int, _newest_stamp: str) -> _Compared:
    """Kept for each state of the records: many ask for what stands in one article."""
    versions = list(DataVersion.objects.filter(pk__gte=version).select_related("edition").order_by("pk"))
    cited = _said(path, query, versions[0])
    newest = cited if len(versions) == 1 else _said(path, query, versions[-1])
    if not cited.is_there or cited.lines == newest.lines:
        return _Compared(CheckOutcome.STILL_SO, cited, newest, None, None, None)
    low, high = 0, len(versions) - 1
    for _ in range(MOST_STEPS):
        if high - low < 2:
            break
        middle = (low + high) // 2
        if _said(path, query, versions[middle]).lines == cited.lines:
            low = middle
        else:
            high = middle
    outcome = CheckOutcome.CHANGED if newest.is_there else CheckOutcome.GONE
    difference = text_difference(cited.lines, newest.lines) if newest.is_there else None
    return _Compared(outcome, cited, newest, difference, versions[low].pk, versions[high].pk)


def _said(path: str, query: str, version: DataVersion) -> _Said:
    """What the address says with a data version, served within the process; its name is left out of what it says."""
    if not _CHECKABLE.fullmatch(path) or path.startswith(NOT_CHECKED):
        return _Said(False, "")
    with at_version(None if records().version == version else version):
        moved_to = ""
        try:
            response = serve(_meta(), path, query).response
            if response.status_code in (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND):
                moved_to = response["Location"]
                response = serve(_meta(), *_parted(moved_to)).response
            body = body_of(response).decode()
        except (Http404, BadParameters):
            return _Said(False, "")
    if response.status_code != HTTPStatus.OK:
        return _Said(False, "")
    if response["Content-Type"].startswith("text/html"):
        text = page_text(body)
        lines, all_lines, paths = text.lines, text.all_lines, frozenset(text.paths)
    else:
        lines, paths = body.splitlines(), frozenset()
        all_lines = lines
    name = re.compile(rf"\b{re.escape(str(version))}\b")
    return _Said(True, name.sub("…", "\n".join(lines)), "\n".join(all_lines), paths, moved_to)


def _parted(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.path, parts.query


def _meta() -> dict[str, str]:
    """The same for whoever asks, for what comes out is kept."""
    site = urlsplit(settings.SITE_URL)
    return {"SERVER_NAME": site.hostname or "", "SERVER_PORT": str(site.port or 80)}


def _made_on(version: DataVersion) -> str:
    return day_label(timezone.localdate(version.made_at))


def _example() -> str:
    asked = {"as_of": str(today()), "data_version": data_version() or "2026.12.0"}
    return f"{settings.SITE_URL}{address(reverse('home'), asked)}"


def _refusal(value: str, message: str, allowed: list[str]) -> BadParameters:
    return BadParameters([ParameterProblem("text", value, message, allowed)])
