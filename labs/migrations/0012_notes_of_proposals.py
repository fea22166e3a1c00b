"""Notes on proposals become a thread; the note that came with a decision is its first."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def begin_threads(apps, schema_editor):
    Proposal = apps.get_model("labs", "Proposal")
    Note = apps.get_model("labs", "ProposalNote")
    of_the_desk = Proposal.objects.filter(edition=None, stage__in=["sent_back", "accepted", "rejected"]).exclude(
        note=""
    )
    for proposal in of_the_desk.defer("before", "after"):
        Note.objects.create(
            proposal=proposal,
            kind=proposal.stage,
            text=proposal.note,
            author_id=proposal.decided_by_id,
            written_at=proposal.decided_at or proposal.sent_at,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("labs", "0011_mergers_undone"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProposalNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("comment", "note"),
                            ("sent_back", "sent back"),
                            ("accepted", "accepted"),
                            ("rejected", "rejected"),
                        ],
                        default="comment",
                        max_length=40,
                    ),
                ),
                ("text", models.TextField(verbose_name="note")),
                ("written_at", models.DateTimeField()),
                ("state", models.JSONField(blank=True, default=dict, editable=False)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="labs.proposal"
                    ),
                ),
            ],
            options={
                "ordering": ("written_at", "pk"),
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["comment", "sent_back", "accepted", "rejected"])),
                        name="proposalnote_kind_is_a_choice",
                        violation_error_message="kind has to be one of: comment, sent_back, accepted, rejected.",
                    )
                ],
            },
        ),
        migrations.RunPython(begin_threads, migrations.RunPython.noop),
    ]
