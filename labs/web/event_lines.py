"""The HTML of an access event in a ledger, and of its quotes.

A page of a lab has a hundred, and a template takes several times as long for one.
"""

from html import escape

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from labs.choices import Activity, Answer
from labs.queries import EventAsOf
from labs.web.parameters import with_kept
from labs.web.quotes import quote_html
from labs.web.words import Meaning, badge_html, coded_on_page


def event_html(request: HttpRequest, event: EventAsOf, *, with_model: bool = False) -> SafeString:
    """Who, what, the finding in a line, when, where the report is; what is unknown once, in grey.

    ``with_model``: the line leads with the release instead of the testers.
    """

    def word(term: Meaning, label: str = "", *, is_held: bool = False) -> SafeString:
        return coded_on_page(request, term, label, is_held=is_held)

    def link(path: str, words: str) -> str:
        return _link(request, path, words)

    record, fact, weighed = event.record, event.fact, event.weighed
    about = escape(str(record.model)) if record.model else f"{escape(str(record.lab))}, no single release"
    who = link(record.get_absolute_url(), about if with_model else _testers(request, event))
    what = [
        f"{_testers(request, event)}: {word(fact.activity, event.what_words)}"
        if with_model
        else word(fact.activity, capfirst(event.what_words))
    ]
    if event.outcome_words:
        what.append(f"; <strong>{word(fact.outcome, event.outcome_words)}</strong>")
    if event.when_words:
        what.append(f"; {word(weighed.timing, event.when_words)}")
    what.append(".")
    if event.summary:
        what.append(f" {escape(event.summary)}")
    if event.is_depth_known:
        what.append(f" Depth: {word(event.depth_word, event.depth_words)}.")
    if event.report_words:
        report, words = event.report, capfirst(event.report_words)
        said = word(fact.results, words, is_held=report is not None)
        what.append(f" {said if report is None else link(report.get_absolute_url(), said)}.")
    if with_model and event.free_to_publish != Answer.UNKNOWN:
        what.append(f" Free to publish: {word(event.free_to_publish)}.")
    if event.undisclosed_words:
        unknown = escape(event.undisclosed_words)
        what.append(f'<span class="ledger__note ledger__note--unknown">{unknown}</span>')
    if fact.activity == Activity.MODEL_EVALUATION and weighed.reasons:
        doubt = (weighed.card_doubt.label,) if weighed.card_doubt else ()
        reasons = "; ".join(escape(each) for each in (*(reason.label for reason in weighed.reasons), *doubt))
        count = word(weighed.count, capfirst(weighed.count.label))
        what.append(f'<span class="ledger__note">{count}: {reasons}</span>')
    certainty = weighed.certainty
    return SafeString(f"""

<li class="ledger__item">
  <span class="ledger__who">{who}</span>
  <span class="ledger__what">{"".join(what)}</span>
  {badge_html(certainty, word(certainty))}
</li>
""")


def event_quotes_html(request: HttpRequest, event: EventAsOf, *, is_open: bool = False) -> SafeString:
    """What sources answer of how the event was done, and its quotes, one click away."""
    badges = ((question, badge_html(answer, coded_on_page(request, answer))) for question, answer in event.answers)
    answered = "".join(
        f'<div class="facts__item"><dt>{escape(capfirst(question))}</dt><dd>{badge}</dd></div>'
        for question, badge in badges
    )
    answers = f"""<dl class="facts facts--tight">
    {answered}
  </dl>"""
    untold = f'<p class="note">{escape(event.untold_words)}</p>' if event.untold_words else ""
    return SafeString(f"""

<details class="disclosure"{" open" if is_open else ""}>
  <summary>Quotes on {_testers(request, event)}: {len(event.citations)}</summary>
  {answers if answered else ""}
  {untold}
  <div class="citations">{"".join(quote_html(request, citation) for citation in event.citations)}</div>
  <p>{_link(request, event.record.get_absolute_url(), escape(event.title))}</p>
</details>
""")


def _testers(request: HttpRequest, event: EventAsOf) -> str:
    """Who took part, each with its own certainty where that is less."""
    names = [
        f"{escape(name)} ({coded_on_page(request, part.certainty, is_held=True)})"
        if part.is_less_certain
        else escape(name)
        for name, part in event.testers
    ]
    return ", ".join(names) or "Testers not recorded"


def _link(request: HttpRequest, path: str, words: str) -> str:
    return f'<a href="{escape(with_kept(path, request.GET))}">{words}</a>'
