"""The filters of the commitments' list and matrix, and of the replies.

Do not change their names and values: people cite addresses that contain them.
"""

import datetime as dt
from collections.abc import Iterable

from commitments.choices import About, Firmness, Origin, StatedBy
from commitments.models import Commitment, Reply
from commitments.queries import CommitmentAsOf, ReplyAsOf, commitments_as_of, replies_known
from commitments.rules.replies import ReplyStanding
from commitments.rules.sentences import framework_title
from labs.models import Evaluator, Lab
from labs.queries.kept import records
from labs.queries.public_keys import ever_public
from labs.rules.access import Window
from labs.rules.order import people_order
from labs.web.facets import Facet, FacetedFilterSet, KeyFacet, RecordSearch, TermFacet
from labs.web.list_index import ListIndex

YES_OR_NO = [("yes", "yes"), ("no", "no")]
LONGEST_FRAMEWORK = Commitment._meta.get_field("framework").max_length


class FrameworkFacet(Facet):
    """A facet on the document or series that a commitment belongs to; ``none`` means those without one."""

    NONE = "none"

    def __init__(self, *, label: str) -> None:
        choices = [(self.NONE, "none recorded")]
        super().__init__(lambda row: (row.record.framework or self.NONE,), label=label, choices=choices)

    def resolved(self, value: str) -> str | None:
        if super().resolved(value):
            return value
        can_be_one = value.isprintable() and 0 < len(value) <= LONGEST_FRAMEWORK
        return value if can_be_one and ever_public(Commitment, framework=value) else None

    def offered(self, index: ListIndex) -> Iterable[tuple[str, str]]:
        return index.once(("offered", self.name), lambda: self._offered(index))

    def _offered(self, index: ListIndex) -> list[tuple[str, str]]:
        named = [(each, framework_title(each)) for each in self.having(index) if each != self.NONE]
        return [*sorted(named, key=lambda pair: people_order(pair[1])), *self.choices]

    def allowed(self) -> list[str]:
        public = {record.framework for record in records()[Commitment].published if record.framework}
        return [*sorted(public, key=people_order), *super().allowed()]

    def label_of(self, value: str) -> str:
        return super().label_of(value) if value == self.NONE else framework_title(value)


def _yes_or_no(value: bool) -> tuple[str]:
    return ("yes" if value else "no",)


class CommitmentFilter(FacetedFilterSet):
    """``in_force`` and ``testable`` are as of the day, by the rules."""

    q = RecordSearch(
        Commitment,
        help_text="words in the title, a quote, the scope or the framework, or in a name of the lab or counterparty, "
        "former names too",
    )
    lab = KeyFacet(lambda row: row.record.labs.all(), Lab, label="Lab", empty_label="none, because it is a law")
    origin = TermFacet(lambda row: Origin(row.record.origin), Origin, label="Origin")
    about = TermFacet(lambda row: About(row.record.about), About, label="Topic")
    firmness = TermFacet(lambda row: Firmness(row.record.firmness), Firmness, label="Firmness")
    stated_by = TermFacet(lambda row: StatedBy(row.record.stated_by), StatedBy, label="Who stated it")
    testable = Facet(lambda row: _yes_or_no(row.is_testable), choices=YES_OR_NO, label="Testable")
    in_force = Facet(lambda row: _yes_or_no(row.is_in_force), choices=YES_OR_NO, label="In force on the day")
    counterparty = KeyFacet(
        lambda row: (row.record.counterparty,),
        Evaluator,
        label="Made to",
        empty_label="nobody named",
        says_itself=False,
    )
    framework = FrameworkFacet(label="Framework")

    @classmethod
    def rows_on(cls, day: dt.date, _is_past: bool) -> Iterable[CommitmentAsOf]:
        return commitments_as_of(day, Window.ALL).values()


class MatrixFilter(FacetedFilterSet):
    """The commitments in force on the day."""

    about = TermFacet(lambda row: About(row.record.about), About, label="Topic")
    origin = TermFacet(lambda row: Origin(row.record.origin), Origin, label="Origin")

    @classmethod
    def rows_on(cls, day: dt.date, _is_past: bool) -> Iterable[CommitmentAsOf]:
        return [each for each in commitments_as_of(day, Window.ALL).values() if each.is_in_force]


def _labs_of_reply(row: ReplyAsOf) -> list[Lab]:
    """The labs that a reply is about: one, that of its access event, or those that made the commitment."""
    if isinstance(row.about, Lab):
        return [row.about]
    return [row.about.lab] if row.record.event else list(row.about.labs.all())


class ReplyFilter(FacetedFilterSet):
    """``standing`` is as of the day, by the rule."""

    q = RecordSearch(
        Reply,
        help_text="words in the question, the answer or the commitment's title, or in a name of a lab, evaluator or "
        "model",
    )
    standing = TermFacet(lambda row: row.standing, ReplyStanding, label="Where it stands")
    lab = KeyFacet(_labs_of_reply, Lab, label="About a lab or what it did or promised")
    by_lab = KeyFacet(lambda row: (row.record.by_lab,), Lab, label="Asked or replying: labs")
    by_evaluator = KeyFacet(lambda row: (row.record.by_evaluator,), Evaluator, label="Asked or replying: evaluators")

    @classmethod
    def rows_on(cls, day: dt.date, _is_past: bool) -> Iterable[ReplyAsOf]:
        return replies_known(day)
