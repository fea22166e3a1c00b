"""What the admin pages of all records share."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import NestedObjects
from django.contrib.admin.views.main import ChangeList
from django.db import models, router
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import capfirst

from labs.actions import records_of
from labs.admin.addresses import change_url
from labs.admin.formsets import CitationFormSet, RecordFormSet
from labs.admin.proposing import ProposingAdmin
from labs.admin.widgets import EDTFInput, RecordSelect, RecordSelectMultiple
from labs.choices import QuoteCheck, RecordStatus
from labs.models import Citation, Record, Source
from labs.models.base import Part
from labs.models.fields import EDTFField
from labs.rules.dates import EXAMPLES

DATES = f"Enter a date exactly as precisely as the source gives it: {EXAMPLES}."
KEPT_NAME = (
    "If you change the name of a public record, its old name is added here, unless you say that it was an error of ours"
)
FORM_FIELDS = {
    models.TextField: {"widget": admin.widgets.AdminTextareaWidget(attrs={"rows": 3})},
    EDTFField: {"widget": EDTFInput},
}


class RecordChangeList(ChangeList):
    """A change list that prefetches the `list_prefetch_related` of its admin, so that rows run no queries."""

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> QuerySet:
        return super().get_queryset(request, *args, **kwargs).prefetch_related(*self.model_admin.list_prefetch_related)


class KeepsRelated:
    """Uses our select boxes, and removes the button that deletes the record that a field refers to."""

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


class RecordAdmin(KeepsRelated, ProposingAdmin):
    """The admin of a record. Its key is set once, and its inlines can stand between the fieldsets."""

    save_on_top = True
    list_per_page = 50
    change_form_template = "admin/record_change_form.html"
    change_list_template = "admin/record_change_list.html"
    formfield_overrides = FORM_FIELDS
    list_prefetch_related: Sequence[str] = ()
    key_from: Sequence[str] = ()  # the fields that prepopulate the key of a new record

    class Media:
        css = {"all": ["css/admin.css"]}
        js = ["js/desk.js"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RecordChangeList

    def get_prepopulated_fields(self, request: HttpRequest, obj: Record | None = None) -> dict[str, Sequence[str]]:
        return {"key": self.key_from} if self.key_from and obj is None else {}

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list, dict, set, list]:
        """As Django's, but a protecting part, such as a citation, is shown as the record that it belongs to.

        A record is also protected by records that have it in a many-to-many list, as a commitment has its labs; and
        it is protected if it is or was public.
        """
        to_delete, counts, perms_needed, _ = super().get_deleted_objects(objs, request)
        collector = NestedObjects(using=router.db_for_write(self.model), origin=objs)
        collector.collect(objs)
        protected = [*collector.protected, *listing_records(objs)]
        protected += [record for record in objs if record.status in (RecordStatus.PUBLISHED, RecordStatus.WITHDRAWN)]
        return to_delete, counts, perms_needed, protecting_records(protected)


def listing_records(objects: Iterable[Record]) -> list[Record]:
    """The records that have one of these in a many-to-many list, which deleting it would silently shorten."""
    return [
        listing
        for record in objects
        for relation in record._meta.related_objects
        if relation.many_to_many and relation.through._meta.auto_created
        for listing in getattr(record, relation.get_accessor_name()).all()
    ]


def protecting_records(objects: Iterable[Record | Part]) -> list[str]:
    """Links to the records that these objects are or belong to, each record once, with the sources that they cite."""
    cited: defaultdict[Record, list[Source]] = defaultdict(list)
    for row in objects:
        if isinstance(row, Citation) and row.source not in cited[row.whole]:
            cited[row.whole].append(row.source)
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


class RecordInline(KeepsRelated, admin.options.InlineModelAdmin):
    """Rows of a record, shown after the fieldset that `after` names, or below all fieldsets."""

    after = ""
    extra = 0
    formset = RecordFormSet
    formfield_overrides = FORM_FIELDS


class CitationInline(RecordInline, admin.StackedInline):
    """The quotes that support a record: at least one, unless `min_num` says otherwise."""

    verbose_name = "citation"
    verbose_name_plural = "citations: the quotes that support this record"
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
        """Whether the newest snapshot of the source contains the quote as it was saved."""
        if citation.pk is None:
            return "checked when it is saved"
        words = QuoteCheck(citation.quote_check).label
        return f"{words}; an editor’s reason: {citation.unfound_because}" if citation.unfound_because else words
