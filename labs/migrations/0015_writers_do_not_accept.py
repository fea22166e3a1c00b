import django.db.models.functions.comparison
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


def name_authors_as_writers(apps, schema_editor):
    """An import noted no writer, so who sent a proposal to review is one from now on. Who wrote a part of a draft comes
    from its history when it is accepted.
    """
    for proposal in apps.get_model("labs", "Proposal").objects.exclude(author=None).only("author_id", "writers"):
        if proposal.author_id not in proposal.writers:
            proposal.writers = [*proposal.writers, proposal.author_id]
            proposal.save(update_fields=["writers"])


class Migration(migrations.Migration):
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("labs", "0014_search_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(name_authors_as_writers, migrations.RunPython.noop),
        migrations.RemoveConstraint(
            model_name="proposal",
            name="proposal_needs_a_second_person",
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("stage", "accepted"), _negated=True),
                    ("decided_by__isnull", True),
                    models.Q(
                        django.db.models.lookups.GreaterThan(
                            django.db.models.functions.text.StrIndex(
                                django.db.models.functions.text.Replace(
                                    django.db.models.functions.text.Replace(
                                        django.db.models.functions.text.Replace(
                                            django.db.models.functions.comparison.Cast("writers", models.TextField()),
                                            models.Value(" ", output_field=models.TextField()),
                                            models.Value("", output_field=models.TextField()),
                                        ),
                                        models.Value("[", output_field=models.TextField()),
                                        models.Value(",", output_field=models.TextField()),
                                    ),
                                    models.Value("]", output_field=models.TextField()),
                                    models.Value(",", output_field=models.TextField()),
                                ),
                                django.db.models.functions.text.Concat(
                                    models.Value(",", output_field=models.TextField()),
                                    django.db.models.functions.comparison.Cast(
                                        models.F("decided_by"), models.TextField()
                                    ),
                                    models.Value(",", output_field=models.TextField()),
                                    output_field=models.TextField(),
                                ),
                            ),
                            0,
                        ),
                        _negated=True,
                    ),
                    _connector="OR",
                ),
                name="proposal_needs_a_second_person",
                violation_error_message="Somebody who wrote no part of a proposal has to accept it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("author__isnull", True),
                    django.db.models.lookups.GreaterThan(
                        django.db.models.functions.text.StrIndex(
                            django.db.models.functions.text.Replace(
                                django.db.models.functions.text.Replace(
                                    django.db.models.functions.text.Replace(
                                        django.db.models.functions.comparison.Cast("writers", models.TextField()),
                                        models.Value(" ", output_field=models.TextField()),
                                        models.Value("", output_field=models.TextField()),
                                    ),
                                    models.Value("[", output_field=models.TextField()),
                                    models.Value(",", output_field=models.TextField()),
                                ),
                                models.Value("]", output_field=models.TextField()),
                                models.Value(",", output_field=models.TextField()),
                            ),
                            django.db.models.functions.text.Concat(
                                models.Value(",", output_field=models.TextField()),
                                django.db.models.functions.comparison.Cast(models.F("author"), models.TextField()),
                                models.Value(",", output_field=models.TextField()),
                                output_field=models.TextField(),
                            ),
                        ),
                        0,
                    ),
                    _connector="OR",
                ),
                name="proposal_author_is_a_writer",
                violation_error_message="Whoever sends a proposal to review is one of its writers.",
            ),
        ),
    ]
