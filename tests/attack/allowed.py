"""Who may do what at which address: the table, by the form of the route (``tests.attack.routes``).

A route without a place here fails ``tests/attack/test_allowed.py``.
"""

import re
from dataclasses import dataclass

NOBODY: frozenset[str] = frozenset()
EVERYBODY = frozenset({"no role", "Researcher", "Editor", "Administrator"})
"""All who can sign in at the desk; a visitor is led to the page for signing in everywhere."""
ON_RECORDS = frozenset({"Researcher", "Editor"})
EDITORS = frozenset({"Editor"})
ADMINISTRATORS = frozenset({"Administrator"})

REFUSED = {403, 404, 405}
OF_PAGES = ("GET", "HEAD")
OF_FILES = ("GET", "HEAD", "OPTIONS")
OF_FORMS = ("GET", "HEAD", "POST")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


@dataclass(frozen=True, slots=True)
class May:
    """Who gets a page of the desk, and with which status it answers them; ``posts`` may send its form.

    A form that is sent empty is shown again (200) unless said otherwise. Everybody else is refused.
    """

    gets: frozenset[str]
    get: int = 200
    posts: frozenset[str] | None = None
    post: int = 200

    @property
    def who_posts(self) -> frozenset[str]:
        return self.gets if self.posts is None else self.posts


# fmt: off
DESK = {
    # Everybody's own
    "admin/": May(EVERYBODY),
    "admin/me/": May(EVERYBODY),
    "admin/me/second-factor/": May(EVERYBODY),
    "admin/password_change/": May(EVERYBODY),
    "admin/password_change/done/": May(EVERYBODY, posts=NOBODY),
    "admin/jsi18n/": May(EVERYBODY, posts=NOBODY),
    "admin/{}/": May(ON_RECORDS),  # the list of an app, here of labs
    "admin/{}": May(NOBODY),  # what is nothing else
    # Work on records
    "admin/for-you/": May(ON_RECORDS),
    "admin/drafts/": May(ON_RECORDS),
    "admin/worklist/{}/": May(ON_RECORDS, post=302),
    "admin/system-card/": May(ON_RECORDS),
    "admin/import/": May(ON_RECORDS),
    "admin/autocomplete/": May(NOBODY),  # it wants to know of which field
    "admin/r/{}/{}/": May(ON_RECORDS, 302, post=302),
    "admin/{kind}/": May(ON_RECORDS),
    "admin/{kind}/add/": May(ON_RECORDS),
    "admin/{kind}/import/": May(ON_RECORDS),
    "admin/{kind}/export/": May(ON_RECORDS, posts=NOBODY),
    "admin/{kind}/together/": May(ON_RECORDS, 400, post=400),  # of no record
    "admin/{kind}/{}/": May(EVERYBODY, 302, post=302),  # leads to …/change/
    "admin/{kind}/{}/change/": May(ON_RECORDS),
    "admin/{kind}/{}/history/": May(ON_RECORDS),
    "admin/{kind}/{}/delete/": May(NOBODY),  # it is public
    "admin/{kind}/{}/withdraw/": May(ON_RECORDS),
    "admin/{kind}/{}/checked/": May(EDITORS, post=302),
    "admin/{kind}/{}/merge/": May(EDITORS),
    "admin/{kind}/{}/snapshot/": May(ON_RECORDS),
    "admin/labs/snapshot/{}/": May(ON_RECORDS),
    # Proposals, editions, reports
    "admin/labs/proposal/": May(ON_RECORDS),
    "admin/labs/proposal/add/": May(NOBODY),
    "admin/labs/proposal/together/": May(ON_RECORDS, 400, post=400),
    "admin/labs/proposal/batch/": May(NOBODY),  # of no batch
    "admin/labs/proposal/{}/": May(EVERYBODY, 302, post=302),
    "admin/labs/proposal/{}/change/": May(ON_RECORDS, posts=EDITORS),
    "admin/labs/proposal/{}/history/": May(ON_RECORDS),
    "admin/labs/proposal/{}/delete/": May(NOBODY),
    "admin/labs/proposal/{}/lookalikes/": May(ON_RECORDS),
    "admin/labs/proposal/{}/undo/": May(NOBODY),  # it is not accepted
    "admin/labs/edition/": May(ON_RECORDS),
    "admin/labs/edition/add/": May(NOBODY),
    "admin/labs/edition/{}/": May(EVERYBODY, 302, post=302),
    "admin/labs/edition/{}/change/": May(ON_RECORDS, posts=NOBODY),
    "admin/labs/edition/{}/history/": May(ON_RECORDS),
    "admin/labs/edition/{}/delete/": May(NOBODY),
    "admin/evaltracker/errorreport/": May(ON_RECORDS),
    "admin/evaltracker/errorreport/add/": May(NOBODY),
    "admin/evaltracker/errorreport/{}/": May(EVERYBODY, 302, post=302),
    "admin/evaltracker/errorreport/{}/change/": May(ON_RECORDS),
    "admin/evaltracker/errorreport/{}/history/": May(ON_RECORDS),
    "admin/evaltracker/errorreport/{}/delete/": May(NOBODY),
    # People
    "admin/auth/user/": May(ADMINISTRATORS),
    "admin/auth/user/add/": May(ADMINISTRATORS),
    "admin/auth/user/{}/": May(EVERYBODY, 302, post=302),
    "admin/auth/user/{}/change/": May(ADMINISTRATORS),
    "admin/auth/user/{}/password/": May(ADMINISTRATORS),
    "admin/auth/user/{}/history/": May(ADMINISTRATORS),
    "admin/auth/user/{}/delete/": May(NOBODY),
    "admin/people/{}/second-factor/": May(ADMINISTRATORS, post=302),
    "admin/auth/group/": May(ADMINISTRATORS),
    "admin/auth/group/add/": May(NOBODY),
    "admin/auth/group/{}/": May(EVERYBODY, 302, post=302),
    "admin/auth/group/{}/change/": May(ADMINISTRATORS, posts=NOBODY),
    "admin/auth/group/{}/history/": May(ADMINISTRATORS),
    "admin/auth/group/{}/delete/": May(NOBODY),
    "admin/evaltracker/auditentry/": May(ADMINISTRATORS),
    "admin/evaltracker/auditentry/add/": May(NOBODY),
    "admin/evaltracker/auditentry/{}/": May(EVERYBODY, 302, post=302),
    "admin/evaltracker/auditentry/{}/change/": May(ADMINISTRATORS, posts=NOBODY),
    "admin/evaltracker/auditentry/{}/history/": May(ADMINISTRATORS),
    "admin/evaltracker/auditentry/{}/delete/": May(NOBODY),
}
# fmt: on
WAYS_IN_AND_OUT = {"admin/login/", "admin/logout/"}

FORMS = {"report/"}
"""What visitors may send; every other public address is read only."""

PAGES = {
    "",
    "about/",
    "access/",
    "access/{}/",
    "changes/",
    "charts/",
    "charts/{figure}/",
    "commitments/",
    "commitments/matrix/",
    "commitments/{}/",
    "corrections/",
    "data/",
    "data/check/",
    "data/dictionary/",
    "data/package/",
    "data/versions/",
    "embed/{figure}/",
    "evaluators/",
    "evaluators/{}/",
    "labs/",
    "labs/compare/",
    "labs/{}/",
    "labs/{}/scorecard/",
    "methodology/",
    "models/",
    "models/{}/",
    "replies/",
    "report/received/",
    "search/",
    "sources/",
    "sources/{}/",
    "timeline/",
}
FILE = re.compile(r"\.(csv|json|jsonl|xlsx|svg|png|atom|ics|xml|txt|zip|sqlite|parquet)$|^robots\.txt$|[/.]\{\}$")
"""What ends like a file: programs of any site may read it, and ask whether they may."""


def public_methods(form: str) -> tuple[str, ...]:
    """The methods that a public route takes. Raises LookupError for one that the table does not have."""
    page = re.sub(r"^(charts|embed)/[-a-z]+/$", r"\1/{figure}/", form)
    if form in FORMS:
        return OF_FORMS
    if page in PAGES:
        return OF_PAGES
    if FILE.search(form):
        return OF_FILES
    raise LookupError(f"No place in the table of what is allowed: {form!r}")
