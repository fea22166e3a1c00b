"""Every scorecard and verdict again, by plain loops over the fixture files: tests compare the fast rules with it.

Written from the methodology alone, slow and obvious on purpose. It shares no code with the rules of ``labs`` and
``commitments``: it uses the standard library only and imports nothing of this project. Section numbers are those of the
methodology. A range is a pair (low, high).
"""

import json
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"

ZERO = Fraction(0)
ONE = Fraction(1)

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
    2: Fraction(1, 2),
    3: Fraction(3, 4),
    4: ONE,
    5: ONE,
}
PUBLICATION_WORTH = {
    "evaluator_report": ONE,
    "evaluator_summary": Fraction(3, 4),
    "lab_detailed": Fraction(1, 2),
    "lab_summary": Fraction(1, 4),
    "none_published": ZERO,
}
FIRMNESS_WORTH = {
    "firm": ONE,
    "conditional": Fraction(3, 5),
    "exploratory": Fraction(3, 10),
    "mention": Fraction(1, 10),
}

# Section 4: timings that are before the release.
BEFORE = ("during_training", "before_internal_deployment", "before_deployment")


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
        published = _as_day(row["published_on_latest"])
        read = _as_day(row["read_on"])
        # Section 2: public on the latest possible day of publication, never later than the day we read it.
        if published is None:
            public = read
        elif read is None:
            public = published
        else:
            public = min(published, read)
        sources[row["key"]] = {
            "kind": row["kind"],
            "lab": _key(row["lab"]),
            "evaluator": _key(row["evaluator"]),
            "published": published,
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


def _is_lab_speaking(event, source):
    return source["lab"] is not None and source["lab"] == event["lab"]


def _is_evaluator_speaking(event, source):
    for key, _lowered in event["participations"]:
        evaluator = EVALUATORS[key]
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


def _event_is_documented(event, day):
    """Section 1: the table of certainty, and an editor's lowering."""
    if event["lowered_to"] != "as_cited":
        return False
    for citation in _public_citations(event, day):
        counts = False
        for name in ("evaluators", "activity", "timing", "results"):
            if name in citation["supports"]:
                counts = True
        if not counts:
            continue
        if _is_lab_speaking(event, citation["source"]):
            return True
        if _is_evaluator_speaking(event, citation["source"]):
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


def _window_start(day, window):
    """Section 3: the same day so many months earlier; where that month has no such day, its last day."""
    if window == "all":
        return None
    months = day.year * 12 + (day.month - 1) - int(window)
    year, month = months // 12, months % 12 + 1
    day_of_month = day.day
    while True:
        try:
            return date(year, month, day_of_month)
        except ValueError:
            day_of_month -= 1


def _came_out_in_window(model, day, window):
    # Section 3: the latest possible day decides; without any date it counts nowhere.
    if model["latest"] is None:
        return False
    # A window ends on the day to which the records are complete, or on the day asked for if that is earlier.
    end = min(day, COMPLETE_TO)
    if model["latest"] > end:
        return False
    start = _window_start(end, window)
    return start is None or model["latest"] > start


def _releases(lab, day, window, frontier_only=True):
    """Section 3: the keys of the lab's releases that count, in the window that ends on the day."""
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


def _timing(event, day):
    """Sections 2 and 4: the timing as of the day, after the launch-document rule."""
    timing = event["timing"] if _is_field_public(event, ["timing"], day) else "unknown"
    if timing != "unknown":
        return timing
    if event["model"] is None or MODELS[event["model"]]["earliest"] is None:
        return "unknown"
    for citation in _public_citations(event, day):
        describes = False
        for name in ("evaluators", "activity", "results"):
            if name in citation["supports"]:
                describes = True
        if not describes:
            continue
        source = citation["source"]
        # Published, at its latest possible day, on or before the earliest possible release day.
        if source["published"] is None or source["published"] > MODELS[event["model"]]["earliest"]:
            continue
        if _is_lab_speaking(event, source) or _is_evaluator_speaking(event, source):
            return "before_deployment"
    return "unknown"


def _how_it_counts(event, day):
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
    if _event_is_documented(event, day):
        return "strictly"
    return "leniently"


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


def _event_depth(event, day):
    return depth(
        _answer(event, "no_safety_filters", day),
        _answer(event, "helpful_only", day),
        _answer(event, "fine_tuning", day),
        _answer(event, "weights", day),
    )


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
    """Section 6: the four criteria of one release, and what is counted beside them."""
    figures = {
        "evaluated_share": [ZERO, ZERO],
        "depth": [ZERO, ZERO],
        "publication": [ZERO, ZERO],
        "time": [ZERO, ZERO],
    }
    best_strict_level = 0
    facts_known = 0
    facts_asked = 0
    for event in EVENTS.values():
        if event["model"] != release:
            continue
        how = _how_it_counts(event, day)
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
        if how == "strictly":
            best_strict_level = max(best_strict_level, level_low)
    return figures, best_strict_level, facts_known, facts_asked


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
        if stated and not in_doubt and _commitment_is_documented(commitment, lab, day):
            low = max(low, worth)
    return low, high


# --- section 7: commitment against practice -----------------------------------------------------------

VALUES = {
    "kept": (ONE, ONE),
    "unclear": (ZERO, ONE),
    "not_kept": (ZERO, ZERO),
    "none_documented": (ZERO, ZERO),
    "cannot_tell": (ZERO, ONE),
    "not_yet_due": None,
}

# Results in the order in which they meet a requirement on publication.
RESULTS_ORDER = ["none_published", "lab_summary", "lab_detailed", "evaluator_summary", "evaluator_report"]


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
        return "unspecified-external-groups" in named
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
        documented = _event_is_documented(event, day) and "as_event" in links

        if event["outcome"] in ("refused", "confirmed_none"):
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
        return "partly_kept", (Fraction(1, 2), ONE if unclear else Fraction(1, 2))
    if unclear:
        return "unclear", VALUES["unclear"]
    if at_best_partly:
        # What is open is open, but not up to "kept": something is known to fall short.
        return "unclear", (ZERO, Fraction(1, 2))
    firm = commitment["firmness"] == "firm"
    visible_in_public = requirement["visible_in_public"]
    if firm and visible_in_public and _commitment_is_documented(commitment, lab, day):
        return "none_documented", VALUES["none_documented"]
    return "cannot_tell", VALUES["cannot_tell"]


def verdicts(day, window="all"):
    """Section 7: for each lab, testable commitment and release that came out while it was in force."""
    found = {}
    for commitment_key, commitment in COMMITMENTS.items():
        if not commitment["readings"]:
            continue
        if not _visible(commitment, day):
            continue
        for lab in commitment["labs"]:
            for release in _releases(lab, day, window, frontier_only=False):
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

    Days are those left until the due day, those after it (overdue, fulfilled late), or those to spare
    (fulfilled). A due day known by its year is due on its last possible day.
    """
    states = {}
    for key, commitment in COMMITMENTS.items():
        due = commitment["due_on_latest"]
        if due is None or not _visible(commitment, day):
            continue
        # Late only if even the earliest possible day is too late.
        fulfilled = commitment["fulfilled_on_earliest"]
        # Fulfilled with a citation, which like any other counts once its source was public.
        cited = False
        for citation in _public_citations(commitment, day):
            if "fulfilled_on" in citation["supports"]:
                cited = True
        if fulfilled is not None and fulfilled <= day and cited:
            if fulfilled <= due:
                states[key] = ("fulfilled", (due - fulfilled).days)
            else:
                states[key] = ("fulfilled_late", (fulfilled - due).days)
        elif day > due:
            states[key] = ("overdue", (day - due).days)
        else:
            states[key] = ("not_yet_due", (due - day).days)
    return states


# --- sections 6 and 7: the scorecards -----------------------------------------------------------------


def scorecard(day, window):
    """Section 6: every lab's row of the table, by its key. Figures of a lab without a release are None."""
    judged = verdicts(day, window)
    rows = {}
    for lab in LABS:
        releases = _releases(lab, day, window)
        sums = {}
        for name in ("evaluated_share", "depth", "publication", "time"):
            sums[name] = [ZERO, ZERO]
        deeper = facts_known = facts_asked = 0
        for release in releases:
            figures, best_strict_level, known, asked = _release_figures(release, day)
            for name, (low, high) in figures.items():
                sums[name][0] += low
                sums[name][1] += high
            # Section 6: deeper than users get: the low level of the best strict event is 2 or more.
            if best_strict_level >= 2:
                deeper += 1
            facts_known += known
            facts_asked += asked

        criteria = dict.fromkeys(WEIGHTS)
        if releases:
            # Section 6: the means over the releases in the window.
            for name, (low, high) in sums.items():
                criteria[name] = (low / len(releases), high / len(releases))
            criteria["commitment"] = _commitment_criterion(lab, day)
            # Section 6: the mean over all pairs; does not apply where there is none.
            values = []
            for (of_lab, _commitment, of_release), verdict in judged.items():
                # Section 3: other releases may have a verdict, but count in no figure.
                if of_lab == lab and of_release in releases and verdict["value_low"] is not None:
                    values.append((verdict["value_low"], verdict["value_high"]))
            if values:
                criteria["follow_through"] = (
                    sum(low for low, _high in values) / len(values),
                    sum(high for _low, high in values) / len(values),
                )

        row = {
            "releases": len(releases),
            "evaluated_low": int(sums["evaluated_share"][0]),
            "evaluated_high": int(sums["evaluated_share"][1]),
            "deeper_than_users": deeper,
            "score_low": None,
            "score_high": None,
            "rank_best": None,
            "rank_worst": None,
            "facts_known": facts_known,
            "facts_asked": facts_asked,
        }
        # Section 6: the score over the criteria that apply; none without a release.
        if releases:
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
