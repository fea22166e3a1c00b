"""What the admin pages of all records share."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import NestedObjects
from django.contrib.admin.views.main import ChangeList
from django.db import models, router
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import capfirst

from labs.actions import records_of
from labs.admin.addresses import change_url
from labs.admin.proposing import DeskAdmin
from labs.admin.widgets import RecordSelect, RecordSelectMultiple
from labs.choices import QuoteCheck, RecordStatus
from labs.models import Citation, Record, Source
from labs.models.base import NO_CITATION, Part, check_citations
from labs.rules.dates import EXAMPLES

DATES = f"Dates are as precise as the source and no more: {EXAMPLES}."
FORM_FIELDS = {
    models.TextField: {"widget": admin.widgets.AdminTextareaWidget(attrs={"rows": 3})},
    models.URLField: {"assume_scheme": "https"},
}


class RecordChangeList(ChangeList):
    """A change list that also fetches `list_prefetch_related` of its admin, so that rows cost no queries."""

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> QuerySet:
        return super().get_queryset(request, *args, **kwargs).prefetch_related(*self.model_admin.list_prefetch_related)


class KeepsRelated:
    """Offers no button that deletes the record that a field refers to: it is somebody else's page, not this form's."""

    def formfield_for_foreignkey(self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = RecordSelect(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: models.ManyToManyField, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = RecordSelectMultiple(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        formfield = super().formfield_for_dbfield(db_field, request, **kwargs)
        if hasattr(getattr(formfield, "widget", None), "can_delete_related"):
            formfield.widget.can_delete_related = False
        return formfield


class RecordAdmin(KeepsRelated, DeskAdmin):
    """A record with a key that is set once, and with inlines that can stand between its fieldsets."""

    save_on_top = True
    list_per_page = 50
    change_form_template = "admin/record_change_form.html"
    change_list_template = "admin/record_change_list.html"
    formfield_overrides = FORM_FIELDS
    list_prefetch_related: Sequence[str] = ()
    key_from: Sequence[str] = ()  # the fields that a new key is made of while they are typed

    class Media:
        css = {"all": ["css/admin.css"]}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RecordChangeList

    def get_prepopulated_fields(self, request: HttpRequest, obj: Record | None = None) -> dict[str, Sequence[str]]:
        return {"key": self.key_from} if self.key_from and obj is None else {}

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list, dict, set, list]:
        """As Django's, but what protects an object is told as the records that it is part of.

        Records that name it in a list of theirs, as a commitment names its labs, protect it too. What is or was
        public protects itself.
        """
        to_delete, counts, perms_needed, _ = super().get_deleted_objects(objs, request)
        collector = NestedObjects(using=router.db_for_write(self.model), origin=objs)
        collector.collect(objs)
        protected = [*collector.protected, *listing_records(objs)]
        protected += [each for each in objs if each.status in (RecordStatus.PUBLISHED, RecordStatus.WITHDRAWN)]
        return to_delete, counts, perms_needed, protecting_records(protected)


def listing_records(objects: Iterable[Record]) -> list[Record]:
    """The records that have one of these in a plain many-to-many list, which deleting it would silently shorten."""
    return [
        record
        for each in objects
        for relation in each._meta.related_objects
        if relation.many_to_many and relation.through._meta.auto_created
        for record in getattr(each, relation.get_accessor_name()).all()
    ]


def protecting_records(objects: Iterable[Record | Part]) -> list[str]:
    """Links to the records that these are or belong to, each once, with the sources that they cite in it."""
    cited: defaultdict[Record, list[Source]] = defaultdict(list)
    for each in objects:
        if isinstance(each, Citation) and each.source not in cited[each.whole]:
            cited[each.whole].append(each.source)
    return [
        format_html(
            '{}: <a href="{}">{}</a>{}',
            capfirst(record._meta.verbose_name),
            change_url(record),
            record,
            f", which cites {'; '.join(sorted(map(str, cited[record])))}" if cited[record] else "",
        )
        for record in records_of(objects)
    ]


class CheckedFormSet(BaseInlineFormSet):
    """Inline rows that are checked together with their record, once each of them is right by itself."""

    def check(self, rows: list[Any]) -> None:
        """Raise ValidationError if these rows, all that would be saved, do not go with `self.instance`."""

    def clean(self) -> None:
        super().clean()
        if not any(self.errors):
            kept = (form for form in self.forms if form not in self.deleted_forms)
            self.check([form.instance for form in kept if form.instance.pk or form.has_changed()])


class CitationFormSet(CheckedFormSet):
    default_error_messages = {"too_few_forms": NO_CITATION}

    def check(self, rows: list[Any]) -> None:
        if self.min_num:
            check_citations(rows)


class RecordInline(KeepsRelated, admin.options.InlineModelAdmin):
    """Rows of a record, below all fieldsets or after the one that `after` names."""

    after = ""
    extra = 0
    formfield_overrides = FORM_FIELDS


class CitationInline(RecordInline, admin.StackedInline):
    """The quotes that a record rests on; at least one, unless `min_num` says otherwise."""

    verbose_name = "citation"
    verbose_name_plural = "citations: the quotes that this record rests on"
    formset = CitationFormSet
    min_num = 1
    validate_min = True
    autocomplete_fields = ("source",)
    fields = ("source", "quote", "checked", "supports")
    readonly_fields = ("checked",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("source")

    @admin.display(description="in its snapshot")
    def checked(self, citation: Citation) -> str:
        """Whether the quote, as it was saved, stands in the newest snapshot of its source."""
        if citation.pk is None:
            return "checked once it is saved"
        words = QuoteCheck(citation.quote_check).label
        return f"{words}; an editor’s reason: {citation.unfound_because}" if citation.unfound_because else words
