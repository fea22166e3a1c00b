"""The filters of the list of labs."""

from labs.choices import Country
from labs.facets import FacetedFilterSet, TermFacet, TextSearch


class LabFilter(FacetedFilterSet):
    q = TextSearch("name", "other_names__name", help_text="words in the name or another name")
    country = TermFacet("country", Country, label="Country")
