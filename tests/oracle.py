"""Every word for evidence, scorecard and verdict again, by plain loops over the fixture files.

Tests compare the fast rules with it. Written from the words of the methodology alone (version 2), slow and obvious on
purpose. It shares no code with the rules of ``labs`` and ``commitments``: it uses the standard library only and imports
nothing of this project. Section numbers are those of the methodology. A range is a pair (low, high).
"""

import json
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"

ZERO = Fraction(0)
ONE = Fraction(1)
HALF = Fraction(1, 2)

# Section 6: the weights, and what each level, kind of publication and firmness is worth.
WEIGHTS = {
    "evaluated_share": 25,
    "depth": 25,
    "publication": 15,
    "time": 10,
    "commitment": 10,
    "follow_through": 15,
}
DEPTH_WORTH = {
    0: ZERO,
    1: Fraction(1, 4),
    2: HALF,
    3: Fraction(3, 4),
    4: ONE,
    5: ONE,
}
PUBLICATION_WORTH = {
    "evaluator_report": ONE,
    "evaluator_summary": Fraction(3, 4),
    "lab_detailed": HALF,
    "lab_summary": Fraction(1, 4),
    "none_published": ZERO,
}
FIRMNESS_WORTH = {
    "firm": ONE,
    "conditional": Fraction(3, 5),
    "exploratory": Fraction(3, 10),
    "mention": Fraction(1, 10),
}
# Section 6: a score needs at least so many releases in the window.
FEWEST_RELEASES = 3

# Section 4: timings that are before the release.
BEFORE = ("during_training", "before_internal_deployment", "before_deployment")
# Section 1: outcomes of what did not happen.
DENIED = ("refused", "confirmed_none")
# Section 1: outsiders whom no source names; as a denial, anyone outside.
ANYONE = "unspecified-external-groups"

# Section 1: a citation says who, what, when, how deep or with what result if it supports any of these.
# One cited for the model, the lab or the summary alone confirms nothing.
SPEAKING = (
    "evaluators",
    "activity",
    "outcome",
    "timing",
    "started_on",
    "ended_on",
    "access_days",
    "domains",
    "results",
    "free_to_publish",
    "mode",
    "access",
)


# --- the fixture files, read once ---------------------------------------------------------------------


def _as_day(text):
    return None if text is None else date.fromisoformat(text)


def _key(reference):
    return None if reference is None else reference[0]


def read_rows():
    """The fields of every row of the fixture files, by the name of their model."""
    rows = {}
    for path in sorted(FIXTURES.glob("*.json")):
        for row in json.loads(path.read_text(encoding="utf-8")):
            rows.setdefault(row["model"], []).append(row["fields"])
    return rows


def records_of(rows):
    """The rows with their references followed: labs, evaluators, models, events, commitments."""
    labs = []
    for row in rows["labs.lab"]:
        labs.append(row["key"])

    evaluators = {}
    for row in rows["labs.evaluator"]:
        evaluators[row["key"]] = {"kind": row["kind"], "lab": _key(row["lab"])}

    sources = {}
    for row in rows["labs.source"]:
        latest = _as_day(row["published_on_latest"])
        read = _as_day(row["read_on"])
        # Section 2: public on the latest possible day of publication, never later than the day we read it.
        if latest is None:
            public = read
        elif read is None:
            public = latest
        else:
            public = min(latest, read)
        sources[row["key"]] = {
            "kind": row["kind"],
            "lab": _key(row["lab"]),
            "evaluator": _key(row["evaluator"]),
            "read_in": row["read_in"],
            "earliest": _as_day(row["published_on_earliest"]),
            "latest": latest,
            "public": public,
        }

    models = {}
    for row in rows["labs.aimodel"]:
        models[row["key"]] = {
            "lab": _key(row["lab"]),
            "release": row["release"],
            "frontier": row["frontier"],
            "variant_of": _key(row["variant_of"]),
            "earliest": _as_day(row["released_on_earliest"]),
            "latest": _as_day(row["released_on_latest"]),
        }

    events = {}
    for row in rows["labs.accessevent"]:
        event = dict(row)
        event["lab"] = _key(row["lab"])
        event["model"] = _key(row["model"])
        event["domains"] = row["domains"].split()
        event["participations"] = []
        event["citations"] = []
        events[row["key"]] = event
    for row in rows["labs.participation"]:
        events[_key(row["event"])]["participations"].append((_key(row["evaluator"]), row["lowered_to"]))
    for row in rows["labs.accesseventcitation"]:
        cited = {"source": sources[_key(row["source"])], "supports": row["supports"].split()}
        events[_key(row["record"])]["citations"].append(cited)

    commitments = {}
    for row in rows["commitments.commitment"]:
        commitment = dict(row)
        commitment["labs"] = [_key(lab) for lab in row["labs"]]
        commitment["counterparty"] = _key(row["counterparty"])
        commitment["superseded_by"] = _key(row["superseded_by"])
        for name in ("made_on", "effective_on", "due_on", "ended_on", "fulfilled_on"):
            commitment[name + "_earliest"] = _as_day(row[name + "_earliest"])
            commitment[name + "_latest"] = _as_day(row[name + "_latest"])
        commitment["readings"] = {}
        commitment["citations"] = []
        commitments[row["key"]] = commitment
    for row in rows["commitments.requirement"]:
        reading = dict(row)
        reading["activities"] = row["activities"].split()
        reading["named_evaluator"] = _key(row["named_evaluator"])
        commitments[_key(row["commitment"])]["readings"][row["reading"]] = reading
    for row in rows["commitments.commitmentcitation"]:
        cited = {"source": sources[_key(row["source"])], "supports": row["supports"].split()}
        commitments[_key(row["record"])]["citations"].append(cited)

    return labs, evaluators, models, events, commitments


LABS, EVALUATORS, MODELS, EVENTS, COMMITMENTS = records_of(read_rows())
# Section 3: one day for the whole site, the earliest of the labs' days.
COMPLETE_TO = min(_as_day(row["complete_to"]) for row in read_rows()["labs.lab"])


# --- section 2: as of a day ---------------------------------------------------------------------------


def _is_public(citation, day):
    public = citation["source"]["public"]
    return public is not None and public <= day


def _public_citations(record, day):
    """Section 2: only the citations whose source was public by the day count."""
    return [citation for citation in record["citations"] if _is_public(citation, day)]


def _visible(record, day):
    """Section 2: visible once the earliest of the citations' sources was public."""
    return len(_public_citations(record, day)) > 0


def _is_field_public(event, names, day):
    """Section 2: a field counts if no citation names it, or one that names it was public by the day."""
    naming = []
    for citation in event["citations"]:
        for name in names:
            if name in citation["supports"]:
                naming.append(citation)
    if not naming:
        return True
    return any(_is_public(citation, day) for citation in naming)


def _answer(event, name, day):
    """Section 2: an answer of the access profile as of the day; ``access`` names all of them."""
    if _is_field_public(event, ["access", "access." + name], day):
        return event[name]
    return "unknown"


# --- section 1: who says so ---------------------------------------------------------------------------


def _in_its_owners_words(source):
    """Section 1: the original, an archived copy and a whole copy; what is only quoted is somebody else's report."""
    return source["read_in"] in ("original", "archived", "copy")


def _is_labs_word(event, source):
    return _in_its_owners_words(source) and source["lab"] is not None and source["lab"] == event["lab"]


def _is_evaluators_word(event, source):
    if not _in_its_owners_words(source):
        return False
    for key, _lowered in event["participations"]:
        evaluator = EVALUATORS[key]
        if evaluator["lab"] is not None and evaluator["lab"] == event["lab"]:
            # The lab is no evaluator of its own model.
            continue
        # Section 1: the evaluator's own source.
        if source["evaluator"] == key:
            return True
        # Section 1: an evaluator can be a lab; then that lab's sources speak for it.
        if evaluator["lab"] is not None and source["lab"] == evaluator["lab"]:
            return True
        # Section 1: a source of kind government speaks for any government evaluator that took part.
        if source["kind"] == "government" and evaluator["kind"] == "government":
            return True
    return False


def _says_something(citation):
    """Section 1: it says who, what, when, how deep or with what result."""
    for field in citation["supports"]:
        if field in SPEAKING:
            return True
        # A single answer of the access profile.
        if field.startswith("access."):
            return True
    return False


def event_is_documented(event, day):
    """Section 1: the table of certainty, and an editor's lowering."""
    if event["lowered_to"] != "as_cited":
        return False
    for citation in _public_citations(event, day):
        if not _says_something(citation):
            continue
        if _is_labs_word(event, citation["source"]):
            return True
        if _is_evaluators_word(event, citation["source"]):
            return True
    return False


def _commitment_is_documented(commitment, lab, day):
    """Section 1: for each lab that made it: its own source, the counterparty's or a government's."""
    counterparty = commitment["counterparty"]
    for citation in _public_citations(commitment, day):
        counts = False
        for name in ("quote", "about", "labs", "firmness"):
            if name in citation["supports"]:
                counts = True
        if not counts:
            continue
        source = citation["source"]
        if not _in_its_owners_words(source):
            continue
        if source["lab"] == lab:
            return True
        if source["kind"] == "government":
            return True
        if counterparty is not None:
            if source["evaluator"] == counterparty:
                return True
            own_lab = EVALUATORS[counterparty]["lab"]
            if own_lab is not None and source["lab"] == own_lab:
                return True
    return False


# --- section 3: which releases count ------------------------------------------------------------------


def months_before(day, count):
    """Section 3: the same day so many months earlier; a day that the month lacks becomes its last."""
    months = day.year * 12 + (day.month - 1) - count
    year, month = months // 12, months % 12 + 1
    day_of_month = day.day
    while True:
        try:
            return date(year, month, day_of_month)
        except ValueError:
            day_of_month -= 1


def window_days(day, window):
    """Section 3: the first and the last day inside a window; the first is None for all time.

    A window ends on the day to which the records are complete, or on the day asked for if that is earlier. Twelve
    months before 2026-08-31 begin after 2025-08-31.
    """
    last = day if day < COMPLETE_TO else COMPLETE_TO
    if window == "all":
        return None, last
    return months_before(last, int(window)) + timedelta(days=1), last


def _came_out_in_window(model, day, window):
    # Section 3: the latest possible day decides; without any date it counts nowhere.
    if model["latest"] is None:
        return False
    first, last = window_days(day, window)
    if model["latest"] > last:
        return False
    return first is None or model["latest"] >= first


def releases(lab, day, window, frontier_only=True):
    """Section 3: the keys of the lab's releases that count, in the window."""
    keys = []
    for key, model in MODELS.items():
        if model["lab"] != lab:
            continue
        if frontier_only and model["frontier"] != "yes":
            continue
        if model["variant_of"] is not None:
            continue
        if model["release"] == "internal_only":
            continue
        if _came_out_in_window(model, day, window):
            keys.append(key)
    return keys


# --- section 4: which events count --------------------------------------------------------------------


def _domains_are_all_other(event, day):
    # Section 2: unknown on the day is like a source that names none. Section 4: that does not disqualify.
    if not _is_field_public(event, ["domains"], day):
        return False
    if not event["domains"]:
        return False
    return all(domain == "other" for domain in event["domains"])


def _someone_outside(event):
    return any(EVALUATORS[key]["lab"] != event["lab"] for key, _lowered in event["participations"])


def _describes(citation):
    """Section 4: a citation that describes the event."""
    return any(name in citation["supports"] for name in ("evaluators", "activity", "results"))


def _shows_it_was_before(event, citation, model):
    """Section 4: whether a citation is to a launch document of the release."""
    source = citation["source"]
    if not _describes(citation):
        return False
    if not _is_labs_word(event, source) and not _is_evaluators_word(event, source):
        return False
    # Published, at its latest possible day, on or before the earliest possible release day.
    if source["latest"] is not None and model["earliest"] is not None and source["latest"] <= model["earliest"]:
        return True
    # The lab's own model card whose date spans at most 31 days: its earliest possible day on or before the latest
    # possible release day is enough.
    if source["kind"] != "lab_model_card" or not _is_labs_word(event, source):
        return False
    if source["earliest"] is None or source["latest"] is None or model["latest"] is None:
        return False
    days = (source["latest"] - source["earliest"]).days + 1
    return days <= 31 and source["earliest"] <= model["latest"]


def _timing(event, day):
    """Sections 2 and 4: the timing as of the day, after the launch-document rule."""
    timing = event["timing"] if _is_field_public(event, ["timing"], day) else "unknown"
    if timing != "unknown" or event["model"] is None:
        return timing
    for citation in _public_citations(event, day):
        if _shows_it_was_before(event, citation, MODELS[event["model"]]):
            return "before_deployment"
    return "unknown"


def how_it_counts(event, day):
    """Section 4: "strictly", "leniently", or None if it does not count."""
    if not _visible(event, day):
        return None
    if event["activity"] != "model_evaluation":
        return None
    if event["outcome"] != "granted":
        return None
    if not _someone_outside(event):
        return None
    if _domains_are_all_other(event, day):
        return None
    timing = _timing(event, day)
    if timing == "unknown":
        return "leniently"
    if timing not in BEFORE:
        return None
    if event_is_documented(event, day):
        return "strictly"
    return "leniently"


# --- section 1: the six words -------------------------------------------------------------------------


def evidence(release, day):
    """Section 1: the first word that fits, by the release's own events, counted release or not."""
    strictly = undated = reported = said_none = after = False
    for event in EVENTS.values():
        if event["model"] != release or not _visible(event, day):
            continue
        how = how_it_counts(event, day)
        if how == "strictly":
            strictly = True
        if how == "leniently":
            if event_is_documented(event, day):
                # Then only its timing is unknown.
                undated = True
            else:
                reported = True
        if event["activity"] != "model_evaluation":
            continue
        if event["outcome"] in DENIED:
            named = [key for key, _lowered in event["participations"]]
            if ANYONE in named and event_is_documented(event, day):
                said_none = True
        if not _someone_outside(event):
            continue
        if event["outcome"] == "granted" and _timing(event, day) == "after_deployment":
            after = True
        if event["outcome"] == "not_needed":
            after = True
    for word, fits in (
        ("confirmed", strictly),
        ("timing_not_shown", undated),
        ("reported", reported),
        ("said_none", said_none),
        ("after_release_only", after),
    ):
        if fits:
            return word
    return "nothing_found"


def evidence_of_all(day):
    """The word of every release, by its key."""
    return {release: evidence(release, day) for release in MODELS}


# --- section 5: depth of access -----------------------------------------------------------------------


def _level(filters_off, harmlessness_off, fine_tuning, weights):
    level = 1
    if filters_off or harmlessness_off:
        level = 2
    if filters_off and harmlessness_off:
        level = 3
    if fine_tuning:
        level = 4
    if weights:
        level = 5
    return level


def depth(no_safety_filters, helpful_only, fine_tuning, weights):
    """Section 5: the range of levels that one event's answers allow."""
    perhaps = ("yes", "partial", "unknown")
    low = _level(no_safety_filters == "yes", helpful_only == "yes", fine_tuning == "yes", weights == "yes")
    high = _level(
        no_safety_filters in perhaps,
        helpful_only in perhaps,
        fine_tuning in perhaps,
        # Only ever reached by a documented yes.
        weights == "yes",
    )
    return low, high


LEVEL_NAMES = ("no counted test", "as users", "deeper than users", "mitigations off", "fine-tuning", "weights")


def depth_words(no_safety_filters, helpful_only, fine_tuning, weights):
    """Section 5: the depth of one event in words."""
    answers = (no_safety_filters, helpful_only, fine_tuning, weights)
    low, high = depth(*answers)
    if low == 1 and all(answer == "unknown" for answer in answers):
        return "depth not disclosed"
    if low == high:
        return LEVEL_NAMES[low]
    return "at least " + LEVEL_NAMES[low]


def _event_depth(event, day):
    return depth(
        _answer(event, "no_safety_filters", day),
        _answer(event, "helpful_only", day),
        _answer(event, "fine_tuning", day),
        _answer(event, "weights", day),
    )


def deeper_than_users(release, day):
    """Section 6: "yes", "no" or "unknown" for a release with a confirmed evaluation, else None.

    By the release's own events, counted release or not.
    """
    if evidence(release, day) != "confirmed":
        return None
    best_strict_low = highest = 0
    for event in EVENTS.values():
        if event["model"] != release:
            continue
        how = how_it_counts(event, day)
        if how is None:
            continue
        low, high = _event_depth(event, day)
        highest = max(highest, high)
        if how == "strictly":
            best_strict_low = max(best_strict_low, low)
    if best_strict_low >= 2:
        return "yes"
    if highest == 1:
        return "no"
    return "unknown"


def deeper_of_all(day):
    """The answer for every release, by its key."""
    return {release: deeper_than_users(release, day) for release in MODELS}


# --- section 6: criteria ------------------------------------------------------------------------------


def _event_results(event, day):
    return event["results"] if _is_field_public(event, ["results"], day) else "unknown"


def _event_access_days(event, day):
    return event["access_days"] if _is_field_public(event, ["access_days"], day) else None


def _event_publication(event, day):
    results = _event_results(event, day)
    if results == "unknown":
        return ZERO, ONE
    return PUBLICATION_WORTH[results], PUBLICATION_WORTH[results]


def _event_time(event, day):
    days = _event_access_days(event, day)
    if days is None:
        return ZERO, ONE
    share = min(ONE, Fraction(days, 28))
    return share, share


def _event_facts(event, day):
    """Section 6: how many of the six facts are not unknown."""
    known = 0
    for name in ("no_safety_filters", "helpful_only", "fine_tuning"):
        if _answer(event, name, day) != "unknown":
            known += 1
    if _event_results(event, day) != "unknown":
        known += 1
    if _event_access_days(event, day) is not None:
        known += 1
    if _timing(event, day) != "unknown":
        known += 1
    return known


def _release_figures(release, day):
    """Section 6: the four criteria of one release, and the coverage of its counted events."""
    figures = {
        "evaluated_share": [ZERO, ZERO],
        "depth": [ZERO, ZERO],
        "publication": [ZERO, ZERO],
        "time": [ZERO, ZERO],
    }
    facts_known = 0
    facts_asked = 0
    for event in EVENTS.values():
        if event["model"] != release:
            continue
        how = how_it_counts(event, day)
        if how is None:
            continue
        facts_known += _event_facts(event, day)
        facts_asked += 6
        level_low, level_high = _event_depth(event, day)
        values = {
            "evaluated_share": (ONE, ONE),
            "depth": (DEPTH_WORTH[level_low], DEPTH_WORTH[level_high]),
            "publication": _event_publication(event, day),
            "time": _event_time(event, day),
        }
        for name, (low, high) in values.items():
            # Low: strict events at their low value. High: all counted events at their high value.
            if how == "strictly":
                figures[name][0] = max(figures[name][0], low)
            figures[name][1] = max(figures[name][1], high)
    return figures, facts_known, facts_asked


def _starts(commitment):
    """Section 2: the effective day, else the day made; the earliest possible day of either."""
    for name in ("effective_on_earliest", "effective_on_latest", "made_on_earliest", "made_on_latest"):
        # The latest day serves only where the earlier end is open.
        if commitment[name] is not None:
            return commitment[name]
    return None


def _in_force(commitment, moment, day):
    """Section 2: whether it was in force at that moment, by what was known on the day."""
    start = _starts(commitment)
    if start is None or start > moment:
        return False
    if commitment["ended_on_latest"] is not None and moment >= commitment["ended_on_latest"]:
        return False
    if commitment["superseded_by"] is not None:
        successor = COMMITMENTS[commitment["superseded_by"]]
        # A successor that nobody could know of on the day ends nothing yet.
        if _visible(successor, day):
            successor_start = _starts(successor)
            if successor_start is not None and moment >= successor_start:
                return False
    return True


def _commitment_criterion(lab, day):
    """Section 6: the strongest commitment in force to let outsiders evaluate models."""
    low, high = ZERO, ZERO
    for commitment in COMMITMENTS.values():
        if lab not in commitment["labs"]:
            continue
        if commitment["about"] != "external_model_evaluation":
            continue
        # One stated by others counts in neither figure.
        if commitment["stated_by"] == "other":
            continue
        if not _visible(commitment, day):
            continue
        if not _in_force(commitment, day, day):
            continue
        firmness = commitment["firmness"]
        # A disputed one as firm, in the high figure alone; an unknown widens the range in the same way.
        in_doubt = firmness in ("disputed", "unknown")
        worth = ONE if in_doubt else FIRMNESS_WORTH[firmness]
        high = max(high, worth)
        stated = commitment["stated_by"] in ("lab", "jointly")
        # One that is only reported counts at its own value, in the high figure alone.
        if stated and not in_doubt and _commitment_is_documented(commitment, lab, day):
            low = max(low, worth)
    return low, high


# --- section 7: commitment against practice -----------------------------------------------------------

VALUES = {
    "kept": (ONE, ONE),
    "unclear": (ZERO, ONE),
    "not_kept": (ZERO, ZERO),
    "nothing_found": (ZERO, ZERO),
    "cannot_tell": (ZERO, ONE),
}

# Results in the order in which they meet a requirement on publication.
RESULTS_ORDER = ["none_published", "lab_summary", "lab_detailed", "evaluator_summary", "evaluator_report"]


def is_testable(commitment):
    """Section 7: it carries a requirement, and its wording is verbatim."""
    return bool(commitment["readings"]) and commitment["wording"] == "verbatim"


def _asked_for(event, requirement):
    """Section 7: the links to the evaluators asked for, or None where the event has none of them."""
    links = []
    for key, lowered in event["participations"]:
        if requirement["evaluators"] == "any_outside":
            if EVALUATORS[key]["lab"] != event["lab"]:
                # Section 1: only where a rule asks for a named or a government evaluator does the link count.
                links.append("as_event")
        elif requirement["evaluators"] == "government":
            if EVALUATORS[key]["kind"] == "government":
                links.append(lowered)
        else:
            assert requirement["evaluators"] == "named"
            if key == requirement["named_evaluator"]:
                links.append(lowered)
    return links or None


def _denies_everyone_asked_for(event, requirement):
    """Section 7: whom a documented record that says "it did not happen" must name."""
    named = []
    sure = []
    for key, lowered in event["participations"]:
        named.append(key)
        if lowered == "as_event":
            sure.append(key)
    if requirement["evaluators"] == "any_outside":
        return ANYONE in named
    # Section 1: a named or a government evaluator is only as certain as its link.
    if requirement["evaluators"] == "government":
        governments = [key for key in sure if EVALUATORS[key]["kind"] == "government"]
        # A list of them: one government's absence says nothing of the others.
        return len(governments) >= 2
    return requirement["named_evaluator"] in sure


def _depth_met(event, requirement, day):
    if requirement["min_depth"] is None:
        return "yes"
    low, high = _event_depth(event, day)
    if low >= requirement["min_depth"]:
        return "yes"
    if high < requirement["min_depth"]:
        return "no"
    return "unknown"


def _asks_for_results(requirement):
    return requirement["results_at_least"] not in ("", "none_published", "unknown")


def _results_met(event, requirement, day):
    if not _asks_for_results(requirement):
        return "yes"
    results = _event_results(event, day)
    if results == "unknown":
        return "unknown"
    if RESULTS_ORDER.index(results) >= RESULTS_ORDER.index(requirement["results_at_least"]):
        return "yes"
    return "no"


def _verdict(commitment, requirement, lab, release, day):
    """Section 7: the verdict on one reading, with its value (None: left out)."""
    assert requirement["timing"] == "before_deployment", "the shipped records ask for nothing else"
    kept = partly = unclear = at_best_partly = denied = False
    for event in EVENTS.values():
        if event["model"] != release:
            continue
        if not _visible(event, day):
            continue
        if event["activity"] not in requirement["activities"]:
            continue
        links = _asked_for(event, requirement)
        if links is None:
            continue
        if _domains_are_all_other(event, day):
            continue
        if event["outcome"] == "not_needed":
            continue
        timing = _timing(event, day)
        if timing == "after_deployment":
            continue
        documented = event_is_documented(event, day) and "as_event" in links

        if event["outcome"] in DENIED:
            if documented and _denies_everyone_asked_for(event, requirement):
                denied = True
            continue

        depth_met = _depth_met(event, requirement, day)
        results_met = _results_met(event, requirement, day)
        falls_short = depth_met == "no" or results_met == "no"
        sure = documented and timing in BEFORE and event["outcome"] == "granted"
        if sure and depth_met == "yes" and results_met == "yes":
            kept = True
        elif sure and falls_short:
            partly = True
        elif falls_short:
            at_best_partly = True
        else:
            unclear = True

    if kept:
        return "kept", VALUES["kept"]
    nothing_else = not partly and not unclear and not at_best_partly
    if denied and nothing_else:
        return "not_kept", VALUES["not_kept"]
    # The deadline, or the grace of 30 days after release for publishing results, has not passed.
    if commitment["due_on_latest"] is not None and day <= commitment["due_on_latest"]:
        return "not_yet_due", None
    if _asks_for_results(requirement) and day <= MODELS[release]["latest"] + timedelta(days=30):
        return "not_yet_due", None
    if partly:
        return "partly_kept", (HALF, ONE if unclear else HALF)
    if unclear:
        return "unclear", VALUES["unclear"]
    if at_best_partly:
        # What is open is open, but not up to "kept": something is known to fall short.
        return "unclear", (ZERO, HALF)
    firm = commitment["firmness"] == "firm"
    visible_in_public = requirement["visible_in_public"]
    if firm and visible_in_public and _commitment_is_documented(commitment, lab, day):
        return "nothing_found", VALUES["nothing_found"]
    return "cannot_tell", VALUES["cannot_tell"]


def verdicts(day, window="all"):
    """Section 7: for each lab, testable commitment and release that came out while it was in force."""
    found = {}
    for commitment_key, commitment in COMMITMENTS.items():
        if not is_testable(commitment):
            continue
        if not _visible(commitment, day):
            continue
        for lab in commitment["labs"]:
            for release in releases(lab, day, window, frontier_only=False):
                if not _in_force(commitment, MODELS[release]["latest"], day):
                    continue
                results = {}
                asked = False
                for name, requirement in commitment["readings"].items():
                    if requirement["releases"] == "frontier" and MODELS[release]["frontier"] != "yes":
                        results[name] = ("does_not_apply", None)
                    else:
                        results[name] = _verdict(commitment, requirement, lab, release, day)
                        asked = True
                if not asked:
                    continue
                # With only one reading, both are equal.
                strict = results["strict"]
                lenient = results.get("lenient", strict)
                ranges = []
                for word, value in (strict, lenient):
                    if word == "not_yet_due":
                        # Left out, while either reading may still be met.
                        ranges = []
                        break
                    if value is not None:
                        ranges.append(value)
                # Where the readings differ, the range runs from one to the other.
                found[(lab, commitment_key, release)] = {
                    "verdict_strict": strict[0],
                    "verdict_lenient": lenient[0],
                    "value_low": min(low for low, _high in ranges) if ranges else None,
                    "value_high": max(high for _low, high in ranges) if ranges else None,
                }
    return found


def deadlines(day):
    """Section 7: commitments to do one thing by a day: (state, days).

    Days are those left until the due day, those after it (overdue, fulfilled late), or those to spare (fulfilled);
    where nothing was found there is no count of days. A due day known by its year is due on its last possible day.
    """
    states = {}
    for key, commitment in COMMITMENTS.items():
        due = commitment["due_on_latest"]
        if due is None or not _visible(commitment, day):
            continue
        # Late only if even the earliest possible day is too late.
        fulfilled = commitment["fulfilled_on_earliest"]
        # With a citation, which like any other counts once its source was public.
        cited = False
        for citation in _public_citations(commitment, day):
            if "fulfilled_on" in citation["supports"]:
                cited = True
        if fulfilled is not None and fulfilled <= day and cited:
            if fulfilled <= due:
                states[key] = ("fulfilled", (due - fulfilled).days)
            else:
                states[key] = ("fulfilled_late", (fulfilled - due).days)
        elif day <= due:
            states[key] = ("not_yet_due", (due - day).days)
        elif commitment["firmness"] == "firm" and cited and fulfilled is None:
            # A source says that it was not done.
            states[key] = ("overdue", (day - due).days)
        else:
            states[key] = ("nothing_found", None)
    return states


# --- sections 6 and 7: the scorecards -----------------------------------------------------------------


def scorecard(day, window):
    """Section 6: every lab's row of the table, by its key. Figures of a lab without a release are None."""
    judged = verdicts(day, window)
    rows = {}
    for lab in LABS:
        counted = releases(lab, day, window)
        sums = {}
        for name in ("evaluated_share", "depth", "publication", "time"):
            sums[name] = [ZERO, ZERO]
        facts_known = facts_asked = 0
        deeper = {"yes": 0, "no": 0, "unknown": 0}
        for release in counted:
            figures, known, asked = _release_figures(release, day)
            for name, (low, high) in figures.items():
                sums[name][0] += low
                sums[name][1] += high
            answer = deeper_than_users(release, day)
            if answer is not None:
                deeper[answer] += 1
            facts_known += known
            facts_asked += asked

        criteria = dict.fromkeys(WEIGHTS)
        if counted:
            # Section 6: the means over the releases in the window.
            for name, (low, high) in sums.items():
                criteria[name] = (low / len(counted), high / len(counted))
            criteria["commitment"] = _commitment_criterion(lab, day)
            # Section 6: the mean over all pairs; does not apply where there is none.
            values = []
            for (of_lab, _commitment, of_release), verdict in judged.items():
                # Section 3: other releases may have a verdict, but count in no figure.
                if of_lab == lab and of_release in counted and verdict["value_low"] is not None:
                    values.append((verdict["value_low"], verdict["value_high"]))
            if values:
                criteria["follow_through"] = (
                    sum(low for low, _high in values) / len(values),
                    sum(high for _low, high in values) / len(values),
                )

        first, last = window_days(day, window)
        row = {
            "window_from": first,
            "window_to": last,
            "releases": len(counted),
            "evaluated_low": int(sums["evaluated_share"][0]),
            "evaluated_high": int(sums["evaluated_share"][1]),
            "deeper_yes": deeper["yes"],
            "deeper_no": deeper["no"],
            "deeper_unknown": deeper["unknown"],
            "score_low": None,
            "score_high": None,
            "rank_best": None,
            "rank_worst": None,
            "facts_known": facts_known,
            "facts_asked": facts_asked,
        }
        # Section 6: the score over the criteria that apply; none with fewer than three releases.
        if len(counted) >= FEWEST_RELEASES:
            weight_sum = 0
            low_sum = high_sum = ZERO
            for name, weight in WEIGHTS.items():
                if criteria[name] is not None:
                    weight_sum += weight
                    low_sum += weight * criteria[name][0]
                    high_sum += weight * criteria[name][1]
            row["score_low"] = 100 * low_sum / weight_sum
            row["score_high"] = 100 * high_sum / weight_sum
        for name in WEIGHTS:
            row[name + "_low"] = None if criteria[name] is None else criteria[name][0]
            row[name + "_high"] = None if criteria[name] is None else criteria[name][1]
        rows[lab] = row

    # Section 6: the rank range, among the labs with a score, by exact values.
    for lab, row in rows.items():
        if row["score_low"] is None:
            continue
        best = worst = 1
        for other, other_row in rows.items():
            if other == lab or other_row["score_low"] is None:
                continue
            if other_row["score_low"] > row["score_high"]:
                best += 1
            if other_row["score_high"] > row["score_low"]:
                worst += 1
        row["rank_best"] = best
        row["rank_worst"] = worst
    return rows


def _overlap(one, other):
    """Section 6: touching ends overlap."""
    return one["score_low"] <= other["score_high"] and other["score_low"] <= one["score_high"]


def groups(day, window):
    """Section 6: the labs with a score, joined by chains of overlapping ranges; the group that lies above comes first.

    In each group: the labs, and the pairs (above, below) of those whose own ranges do not overlap.
    """
    rows = {lab: row for lab, row in scorecard(day, window).items() if row["score_low"] is not None}
    group_of = {lab: {lab} for lab in rows}
    for one in rows:
        for other in rows:
            if _overlap(rows[one], rows[other]) and group_of[one] is not group_of[other]:
                joined = group_of[one] | group_of[other]
                for lab in joined:
                    group_of[lab] = joined
    found = []
    for group in group_of.values():
        if group not in found:
            found.append(group)
    found.sort(key=lambda group: max(rows[lab]["score_high"] for lab in group), reverse=True)
    return [
        (
            group,
            {
                (above, below)
                for above in group
                for below in group
                if rows[above]["score_low"] > rows[below]["score_high"]
            },
        )
        for group in found
    ]
