"""The HTML of a verdict with what led to it.

A promise has fifty, and a template takes several times as long for one.
"""

from html import escape

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from commitments.rules.findings import EventFinding
from commitments.rules.verdicts import ReadingVerdict
from commitments.web.presenters import FindingRow, VerdictRow
from labs.web.parameters import with_kept
from labs.web.words import badge_html, coded_on_page

NOTHING = "No access event for this release is on record. That does not mean that none took place."
OF_LAUNCH = '<span class="ledger__note">Counts as before deployment: a document of the launch describes it.</span>'


def verdict_html(request: HttpRequest, row: VerdictRow) -> SafeString:
    """The verdict on one release and how it came about."""
    release, verdict, status = escape(str(row.release)), row.verdict, row.status
    after = (
        coded_on_page(request, verdict.after_release_word, verdict.after_release_words, is_held=True)
        if verdict.is_tested_after
        else ""
    )
    shown = badge_html(status, coded_on_page(request, status, is_held=True))
    tag = f' <span class="tag">{after}</span>' if after else ""
    readings = "".join(_reading(request, each, is_named=row.has_two_readings) for each in row.readings)
    events = "".join(_event(request, each) for each in row.rows)
    weighed = (
        f"""
    <p class="label">Access events weighed</p>
    <ul class="ledger">
      {events}
    </ul>
    """
        if events
        else f'<p class="ledger__none">{NOTHING}</p>'
    )
    path = escape(with_kept(row.release.get_absolute_url(), request.GET))
    return SafeString(f"""

<details class="disclosure verdict">
  <summary><span class="verdict__release">{release}</span> \
<span class="count">{escape(row.release.released_on_label)}</span> {shown}{tag}</summary>
  <div class="verdict__body stack--tight" id="{escape(row.anchor)}">
    <ul class="stack--tight">
      {readings}
    </ul>
    <p class="small">Value in the mean: {escape(row.value)}. <a href="{path}">All that is known of {release}</a></p>
    {weighed}
  </div>
</details>
""")


def _reading(request: HttpRequest, reading: ReadingVerdict, *, is_named: bool) -> str:
    name = f"<strong>{escape(capfirst(reading.reading.label))}:</strong> " if is_named else ""
    doubts = "".join(f" {escape(capfirst(doubt.label))}." for doubt in reading.doubts)
    outcome = reading.outcome
    return f"<li>{name}{coded_on_page(request, outcome)}. {escape(outcome.explanation)}{doubts}</li>"


def _event(request: HttpRequest, row: FindingRow) -> str:
    event, certainty = row.event, row.strict.certainty
    path = escape(with_kept(event.record.get_absolute_url(), request.GET))
    findings = "".join(_finding(request, reading, finding) for reading, finding in row.findings)
    launch = OF_LAUNCH if event.weighed.launch_document else ""
    return f"""
      <li>
        <span class="ledger__who"><a href="{path}">{escape(event.title)}</a></span>
        <span class="ledger__what">{findings}{launch}</span>
        {badge_html(certainty, coded_on_page(request, certainty))}
      </li>
      """


def _finding(request: HttpRequest, reading: str, finding: EventFinding) -> str:
    name = f'<span class="soft">{escape(capfirst(reading))}:</span> ' if reading else ""
    shown = badge_html(finding.finding, coded_on_page(request, finding.finding))
    grounds = "; ".join(escape(ground.label) for ground in finding.grounds)
    return f'<span class="verdict__finding">{name}{shown}{f" ({grounds})" if grounds else ""}</span>'
