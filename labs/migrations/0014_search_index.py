"""The index of the search, which the next change of the records fills, or ``manage.py rebuild_search_index``."""

from typing import Any

from django.db import OperationalError, migrations, models

TABLE, FTS = "labs_searchtext", "labs_searchtext_fts"
POSTGRESQL = (
    # The tokens are ours, so no parser and no dictionary reads them: the text is the vector as it is.
    f"ALTER TABLE {TABLE} ADD COLUMN vector tsvector GENERATED ALWAYS AS (tokens::tsvector) STORED",
    f"CREATE INDEX {TABLE}_vector ON {TABLE} USING gin (vector)",
)
SQLITE = (
    f"CREATE VIRTUAL TABLE {FTS} USING fts5(tokens, content='{TABLE}', content_rowid='id', detail='none', "
    "columnsize=0, tokenize=\"unicode61 remove_diacritics 0 tokenchars '.'\", prefix='2 3')",
    f"CREATE TRIGGER {FTS}_insert AFTER INSERT ON {TABLE} BEGIN "
    f"INSERT INTO {FTS} (rowid, tokens) VALUES (new.id, new.tokens); END",
    f"CREATE TRIGGER {FTS}_delete AFTER DELETE ON {TABLE} BEGIN "
    f"INSERT INTO {FTS} ({FTS}, rowid, tokens) VALUES ('delete', old.id, old.tokens); END",
    f"CREATE TRIGGER {FTS}_update AFTER UPDATE ON {TABLE} BEGIN "
    f"INSERT INTO {FTS} ({FTS}, rowid, tokens) VALUES ('delete', old.id, old.tokens); "
    f"INSERT INTO {FTS} (rowid, tokens) VALUES (new.id, new.tokens); END",
)
NO_FTS5 = (
    "This SQLite has no FTS5, on which the search rests. Use a Python whose SQLite was built with it "
    "(ENABLE_FTS5; those of python.org and of Debian are), or PostgreSQL."
)


def make_index(_apps: Any, schema_editor: Any) -> None:
    """The index that each database has for itself."""
    if schema_editor.connection.vendor == "postgresql":
        for statement in POSTGRESQL:
            schema_editor.execute(statement)
        return
    try:
        for statement in SQLITE:
            schema_editor.execute(statement)
    except OperationalError as error:
        if "no such module: fts5" in str(error):
            raise OperationalError(NO_FTS5) from error
        raise


def drop_index(_apps: Any, schema_editor: Any) -> None:
    """The triggers and the column go with the table."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TABLE {FTS}")


class Migration(migrations.Migration):
    dependencies = [
        ("labs", "0013_help_texts_from_the_glossary"),
    ]

    operations = [
        migrations.AddField(
            model_name="stamp",
            name="indexed",
            field=models.JSONField(default=dict, help_text="Up to where in each history the index of the search goes."),
        ),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("record", models.BigIntegerField()),
                ("part", models.BigIntegerField(default=0)),
                ("key", models.SlugField(db_index=False, max_length=80)),
                (
                    "field",
                    models.CharField(
                        choices=[
                            ("name", "name"),
                            ("other_name", "other name"),
                            ("key", "address of its page"),
                            ("title", "title"),
                            ("activity", "what was done"),
                            ("promise", "words of the promise"),
                            ("quote", "quote"),
                            ("summary", "summary"),
                            ("arrangements", "standing arrangements"),
                            ("scope", "scope"),
                            ("question", "what we asked"),
                            ("answer", "the answer"),
                            ("framework", "framework"),
                            ("publisher", "publisher"),
                            ("address", "address"),
                        ],
                        default="name",
                        max_length=40,
                    ),
                ),
                ("known_from", models.DateField(null=True)),
                ("words", models.TextField()),
                ("tokens", models.TextField()),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "record", "field", "part"), name="searchtext_is_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "field__in",
                                [
                                    "name",
                                    "other_name",
                                    "key",
                                    "title",
                                    "activity",
                                    "promise",
                                    "quote",
                                    "summary",
                                    "arrangements",
                                    "scope",
                                    "question",
                                    "answer",
                                    "framework",
                                    "publisher",
                                    "address",
                                ],
                            )
                        ),
                        name="searchtext_field_is_a_choice",
                        violation_error_message="field has to be one of: name, other_name, key, title, activity, promise, quote, summary, arrangements, scope, question, answer, framework, publisher, address.",
                    ),
                ],
            },
        ),
        migrations.RunPython(make_index, drop_index),
    ]
