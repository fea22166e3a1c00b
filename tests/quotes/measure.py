"""Count how many quotes of the corpus are found.

`DJANGO_SETTINGS_MODULE=tests.settings python -m tests.quotes.measure`; the table is in docs/quotes.md.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

import django

if __name__ == "__main__":
    django.setup()

from labs.actions.documents import BadDocument, read_document
from labs.choices import QuoteCheck
from labs.rules.quotes import SourceText, check
from tests.quotes.corpus import Case, cases


@lru_cache(maxsize=1)
def _text(name: str, content: bytes) -> SourceText | None:
    try:
        return SourceText(read_document(name=name, content=content))
    except BadDocument:
        return None


def result(case: Case) -> QuoteCheck:
    """The check of the quote of a case; NO_SNAPSHOT if the document cannot be read."""
    return check(case.quote, _text(case.name, case.content))


def is_found(check: QuoteCheck) -> bool:
    """Whether a quote is found, surely or perhaps."""
    return check in (QuoteCheck.FOUND, QuoteCheck.DOUBTFUL)


def table(results: Iterable[tuple[Case, QuoteCheck]]) -> Iterator[str]:
    """For each group: what is said and found, the same with a footnote mark, what is doubtful, what is not said."""
    rows = [*results]
    for group in [*dict.fromkeys(case.group for case, _ in rows), "all"]:
        of_group = [(case, check) for case, check in rows if group in (case.group, "all")]
        said = [check for case, check in of_group if case.is_said]
        marked = [check for case, check in of_group if case.has_mark]
        not_said = [check for case, check in of_group if not case.is_said]
        counts = [f"{sum(map(is_found, each))} of {len(each)}" if each else "–" for each in (said, marked, not_said)]
        counts.insert(2, str(said.count(QuoteCheck.DOUBTFUL)))
        yield f"| {group} | {' | '.join(counts)} |"


if __name__ == "__main__":
    results = [(case, result(case)) for case in cases()]
    print("\n".join(table(results)))
    for case, check_of_case in results:
        if is_found(check_of_case) != case.is_said:
            print(f"{case.name}: “{case.quote}” is {'said' if case.is_said else 'not said'}: {check_of_case.label}")
