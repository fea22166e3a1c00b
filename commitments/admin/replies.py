"""What labs and evaluators were asked and what they answered, in the order in which it happens."""

import datetime as dt
from collections.abc import Iterable
from itertools import count
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst

from commitments.models import Reply
from commitments.queries import with_standing
from commitments.rules.replies import ReplyStanding, standing
from labs.admin.base import RecordAdmin
from labs.admin.forms import RecordForm
from labs.models import Record


class ReplyForm(RecordForm):
    """A key that is left empty is made of whose word it is and what it is about."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if key := self.fields.get("key"):
            key.required = False
            key.help_text = (
                "The reply's address on the page. Leave it empty: it is made of whose word it is and what it is about. "
                "It never changes once the reply is public."
            )
        if text := self.fields.get("text"):
            text.widget.attrs["rows"] = 8

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        speaker = cleaned.get("by_lab") or cleaned.get("by_evaluator")
        about = cleaned.get("event") or cleaned.get("commitment") or cleaned.get("lab")
        if "key" in self.fields and "key" not in self.errors and not cleaned.get("key") and speaker and about:
            cleaned["key"] = free_key(speaker, about)
        return cleaned  # without speaker or subject it is refused anyway, with what is missing


def free_key(speaker: Record, about: Record) -> str:
    """A key that no reply has yet: “openai-on-gpt-4-arc-evals”, then with a number behind it."""
    longest = Reply._meta.get_field("key").max_length
    stem = f"{speaker.key}-on-{about.key}"
    ends = (f"-{number}" if number > 1 else "" for number in count(1))
    keys = (f"{stem[: longest - len(end)].rstrip('-')}{end}" for end in ends)
    return next(key for key in keys if not Reply.objects.filter(key=key).exists())


class StandingFilter(admin.SimpleListFilter):
    title = "standing today"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(value, capfirst(label)) for value, label in ReplyStanding.choices()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(standing_now=self.value()) if self.value() in ReplyStanding.values() else queryset


@admin.register(Reply)
class ReplyAdmin(RecordAdmin):
    form = ReplyForm
    list_display = ("about_words", "by", "asked", "due", "answered", "standing_label")
    list_filter = (
        StandingFilter,
        ("by_lab", admin.RelatedOnlyFieldListFilter),
        ("by_evaluator", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("event", "commitment", "lab", "by_lab", "by_evaluator")
    date_hierarchy = "asked_on"
    search_fields = (
        "key",
        "question",
        "text",
        "outcome",
        "event__key",
        "event__lab__name",
        "commitment__title",
        "lab__name",
        "by_lab__name",
        "by_lab__other_names__name",
        "by_evaluator__name",
        "by_evaluator__former_names__name",
    )
    search_help_text = "By lab or evaluator (other names too), commitment, key, or words of what was asked or answered."
    autocomplete_fields = ("event", "commitment", "lab", "by_lab", "by_evaluator")
    fieldsets = (
        (
            "What it is about",
            {
                "fields": ("event", "commitment", "lab", "key"),
                "description": "One access event, one commitment, or all that we say of a lab: choose exactly one. The "
                "public finds it on the page of that record, under “Replies”.",
            },
        ),
        (
            "Whose word it is",
            {
                "fields": (("by_lab", "by_evaluator"),),
                "description": "The lab or the evaluator that we asked or that wrote to us: choose exactly one.",
            },
        ),
        (
            "What we asked",
            {
                "fields": ("question", ("asked_on", "answer_by")),
                "description": "Record the question on the day on which you send it. Once it is published, the public "
                "page says “waiting for an answer”, and after the day by which we asked for one “no answer by the "
                "deadline”. That day itself still counts as in time. Leave all three empty where they wrote without "
                "being asked.",
            },
        ),
        (
            "What they answered",
            {
                "fields": ("text", "answered_on", "published_url"),
                "description": "Word for word and whole, mistakes included: it is shown as a quote under their name. "
                "Enter only what they published or agreed to have printed. Leave it empty while there is no answer; "
                "when one comes, enter it here and it goes to a second person as a change.",
            },
        ),
        (
            "What changed because of it",
            {
                "fields": ("outcome",),
                "description": "Which of our records changed and how, or why none did. It is shown below the answer, "
                "and only once there is one. A reply changes no score; a record that it corrects may.",
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return with_standing(super().get_queryset(request), timezone.localdate())

    @admin.display(description="about")
    def about_words(self, reply: Reply) -> str:
        return f"{capfirst(reply.about._meta.verbose_name)}: {reply.about}"

    @admin.display(description="by")
    def by(self, reply: Reply) -> str:
        return str(reply.speaker)

    @admin.display(description="asked", ordering="asked_on", empty_value="not asked")
    def asked(self, reply: Reply) -> dt.date | None:
        return reply.asked_on

    @admin.display(description="answer by", ordering="answer_by", empty_value="no day named")
    def due(self, reply: Reply) -> dt.date | None:
        return reply.answer_by

    @admin.display(description="answered", ordering="answered_on", empty_value="not yet")
    def answered(self, reply: Reply) -> dt.date | None:
        return reply.answered_on

    @admin.display(description="standing today", ordering="standing_now", empty_value="lies ahead")
    def standing_label(self, reply: Reply) -> str | None:
        status = standing(reply.asked_on, reply.answer_by, reply.answered_on, timezone.localdate())
        return status.label if status else None
