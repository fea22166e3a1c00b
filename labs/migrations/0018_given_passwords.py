import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labs", "0017_when_the_stamp_was_renewed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GivenPassword",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("counts_until", models.DateTimeField(null=True)),
                (
                    "given_by",
                    models.ForeignKey(
                        help_text="Nobody: somebody on the server.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="given_passwords",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["person", "counts_until"], name="given_to_a_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("given_by__isnull", True),
                            models.Q(("given_by", models.F("person")), _negated=True),
                            _connector="OR",
                        ),
                        name="givenpassword_is_by_somebody_else",
                        violation_error_message="Nobody gives a password to themselves.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("counts_until__isnull", True), ("counts_until__gt", models.F("given_at")), _connector="OR"
                        ),
                        name="givenpassword_counts_after_it_was_given",
                        violation_error_message="It counts for some time after it was given.",
                    ),
                ],
            },
        ),
    ]
