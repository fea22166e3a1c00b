"""What waits, grouped by the release that it is about."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.text import capfirst

from labs.models import AccessEventCitation, AIModel, AIModelCitation, Lab, Proposal, Record, Source
from labs.models.registry import kind_of
from labs.rules.order import people_order


@dataclass(slots=True)
class Group:
    """Proposals about one release, or about a kind of record that no single release is behind."""

    title: str
    proposals: list[Proposal] = field(default_factory=list)


def by_release(proposals: Iterable[Proposal]) -> list[Group]:
    """The proposals by release, in the order of titles, then the others by kind; a source goes with the only release
    that cites it.
    """
    proposals = list(proposals)
    found = records_of(proposals)
    releases = _releases_of(found.values())
    groups: dict[tuple[bool, str], Group] = {}
    for proposal in proposals:
        record = found.get(proposal.pk)
        release = releases.get(record) if record else None
        kind = capfirst(kind_of(proposal.content_type.model_class()).plural)
        title = f"{release.lab}: {release}" if release else kind
        group = groups.setdefault((release is None, people_order(title)), Group(title))
        group.proposals.append(proposal)
    return [groups[place] for place in sorted(groups)]


def records_of(proposals: Iterable[Proposal]) -> dict[int, Record]:
    """The records of the proposals by the primary keys of these, in one query for each kind."""
    by_model: dict[type[Record], list[Proposal]] = defaultdict(list)
    for proposal in proposals:
        by_model[proposal.content_type.model_class()].append(proposal)
    found: dict[int, Record] = {}
    for model, those in by_model.items():
        names = [field.name for field in model._meta.concrete_fields if field.related_model in (AIModel, Lab)]
        nested = [f"{name}__lab" for name in names if model._meta.get_field(name).related_model is AIModel]
        rows = model._default_manager.select_related(*names, *nested).in_bulk([each.object_id for each in those])
        found |= {each.pk: rows[each.object_id] for each in those if each.object_id in rows}
    return found


def _releases_of(records: Iterable[Record]) -> Mapping[Record, AIModel]:
    releases: dict[Record, AIModel] = {}
    sources = []
    for record in records:
        release = record if isinstance(record, AIModel) else getattr(record, "model", None)
        if isinstance(release, AIModel):
            releases[record] = release
        elif isinstance(record, Source):
            sources.append(record)
    return {**releases, **_only_releases_that_cite(sources)}


def _only_releases_that_cite(sources: Iterable[Source]) -> dict[Record, AIModel]:
    """For each source that records of one release alone cite, that release."""
    sources = {source.pk: source for source in sources}
    citing: dict[int, set[int | None]] = defaultdict(set)
    pairs = [
        *AIModelCitation.objects.filter(source__in=sources).values_list("source", "record"),
        *AccessEventCitation.objects.filter(source__in=sources).values_list("source", "record__model"),
    ]
    for source, release in pairs:
        citing[source].add(release)
    single = {source: next(iter(found)) for source, found in citing.items() if len(found) == 1}
    releases = AIModel.objects.select_related("lab").in_bulk([release for release in single.values() if release])
    return {sources[source]: releases[release] for source, release in single.items() if release in releases}
