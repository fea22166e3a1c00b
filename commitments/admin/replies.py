"""The admin of replies: what labs and evaluators were asked and answered, in the order in which it happens."""

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
from commitments.rules.replies import ReplyStanding, reply_standing
from labs.admin.base import RecordAdmin
from labs.admin.forms import RecordForm
from labs.models import AIModel, Evaluator, Lab, Record
from labs.models.registry import names_of


class ReplyForm(RecordForm):
    """The form of a reply. An empty key is filled in from the speaker and the subject."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if key := self.fields.get("key"):
            key.required = False
            key.help_text = (
                "The reply's address on the page. Leave it empty to have it made from the speaker and the subject. It "
                "never changes once the reply is public."
            )
        if text := self.fields.get("text"):
            text.widget.attrs["rows"] = 8

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        speaker = cleaned.get("by_lab") or cleaned.get("by_evaluator")
        about = cleaned.get("event") or cleaned.get("commitment") or cleaned.get("lab")
        if "key" in self.fields and "key" not in self.errors and not cleaned.get("key") and speaker and about:
            cleaned["key"] = free_reply_key(speaker, about)
        return cleaned  # without a speaker or a subject, validation says what is missing


def free_reply_key(speaker: Record, about: Record) -> str:
    """A key that no reply has yet: “openai-on-gpt-4-arc-evals”, with a number added if it is taken."""
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
        "commitment__title",
        *names_of(Lab, "event__lab"),
        *names_of(AIModel, "event__model"),
        *names_of(Lab, "lab"),
        *names_of(Lab, "by_lab"),
        *names_of(Evaluator, "by_evaluator"),
    )
    search_help_text = "By lab or evaluator (other names too), commitment, key, or words of what was asked or answered."
    autocomplete_fields = ("event", "commitment", "lab", "by_lab", "by_evaluator")
    fieldsets = (
        (
            "What it is about",
            {
                "fields": ("event", "commitment", "lab", "key"),
                "description": "Choose exactly one: an access event, a commitment, or a lab for everything that we say "
                "about it. The page of that record shows the reply under “Replies”.",
            },
        ),
        (
            "Whose word it is",
            {
                "fields": (("by_lab", "by_evaluator"),),
                "description": "Choose exactly one: the lab or the evaluator that we asked or that wrote to us.",
            },
        ),
        (
            "What we asked",
            {
                "fields": ("question", ("asked_on", "answer_by")),
                "description": "Record the question on the day when you send it. Once it is published, the public page "
                "says “waiting for an answer”, and from the day after the deadline “no answer by the deadline”. An "
                "answer on the deadline is in time. Leave all three fields empty if they wrote without being asked.",
            },
        ),
        (
            "What they answered",
            {
                "fields": ("text", "answered_on", "published_url"),
                "description": "Enter the whole answer word for word, mistakes included: the page shows it as a quote "
                "under their name. Enter only what they published or agreed to have printed. Leave it empty until an "
                "answer comes; then enter it here, and it goes to a second person as a change.",
            },
        ),
        (
            "What changed because of it",
            {
                "fields": ("outcome",),
                "description": "Say which of our records changed and how, or why none did. The page shows it below the "
                "answer, once there is one. A reply itself changes no score; a record that it corrects may.",
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
        status = reply_standing(reply.asked_on, reply.answer_by, reply.answered_on, timezone.localdate())
        return status.label if status else None
