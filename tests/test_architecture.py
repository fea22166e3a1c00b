"""Who may import whom: the picture in docs/architecture.md, read off the code."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("labs", "commitments", "evaltracker")

KIND_OF = {
    # labs and commitments: the first part of the module's path below the app
    "vocabulary": "rules", "numbers": "rules", "choices": "rules",
    "dates": "rules", "facts": "rules", "ranges": "rules", "known": "rules",
    "differences": "rules", "quotes": "rules", "documents": "actions", "cells": "rules",
    "contradictions": "rules", "checks": "rules",
    "certainty": "rules", "depth": "rules", "access": "rules", "ledger": "rules", "verdicts": "rules",
    "findings": "rules", "deadlines": "rules", "criteria": "rules", "scorecards": "rules", "questions": "rules",
    "promise_questions": "rules", "replies": "rules",
    "fields": "fields", "models": "models", "states": "models", "queries": "queries", "actions": "actions",
    "streaming": "exports", "exports": "exports", "columns": "tables", "tables": "tables", "facets": "filters",
    "filters": "filters", "charts": "charts", "svg": "charts", "parameters": "parameters", "lists": "views",
    "public": "views", "views": "views", "urls": "urls", "admin": "admin", "templatetags": "templatetags",
    "apps": "apps",
    "management": "commands", "presenters": "presenters",
}  # fmt: skip

ALLOWED = {
    "rules": {"rules"},
    "fields": {"rules"},
    "models": {"models", "fields", "rules"},
    "queries": {"queries", "models", "fields", "rules"},
    "actions": {"actions", "models", "fields", "rules"},
    "parameters": {"parameters", "rules"},
    "exports": {"exports", "queries", "models", "rules"},
    "tables": {"tables", "parameters", "queries", "models", "rules"},
    "filters": {"filters", "parameters", "fields", "models", "queries", "rules"},
    "charts": {"charts", "queries", "models", "rules"},
    "presenters": {"presenters", "queries", "models", "rules"},
    "templatetags": {"templatetags", "parameters", "rules"},
    "views": {
        "views", "presenters", "queries", "rules", "tables", "filters", "charts", "exports", "actions",
        "parameters", "models",
    },
    "urls": {"views", "urls"},
    "admin": {"admin", "actions", "queries", "models", "fields", "rules"},
    "commands": {"actions", "queries", "models", "rules"},
    "apps": set(),
}  # fmt: skip


def modules(app: str) -> list[Path]:
    return [path for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]


def imports(path: Path) -> set[str]:
    """Every module that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def kind(path: Path) -> str:
    """The kind of a module of labs or commitments; a module that the picture does not know fails here."""
    return kind_of_parts(path.relative_to(ROOT).with_suffix("").parts[1:])


def kind_of_parts(parts: tuple[str, ...]) -> str:
    """The kind by the folder; the folder web/ holds several kinds, told apart by the next part of the path."""
    if parts[0] == "__init__" or parts == ("web", "__init__"):
        return "apps"
    if parts[0] == "rules":
        return "rules"
    return KIND_OF[parts[1] if parts[0] == "web" else parts[0]]


def kind_of_import(name: str) -> str | None:
    parts = name.split(".")
    if parts[0] not in ("labs", "commitments") or len(parts) < 2 or parts[1:] == ["web"]:
        return None
    return kind_of_parts((*parts[1:],))


FACTS_AND_PROMISES = [path for app in ("labs", "commitments") for path in modules(app)]
IDS = [str(path.relative_to(ROOT)) for path in FACTS_AND_PROMISES]


@pytest.mark.parametrize("path", FACTS_AND_PROMISES, ids=IDS)
def test_a_module_imports_only_what_its_kind_may(path):
    mine = kind(path)
    for name in imports(path):
        other = kind_of_import(name)
        assert other is None or other in ALLOWED[mine], f"{mine} may not import {other} ({name})"


@pytest.mark.parametrize("path", FACTS_AND_PROMISES, ids=IDS)
def test_rules_know_no_orm_no_settings_and_no_clock(path):
    if kind(path) != "rules":
        return
    for name in imports(path):
        top = name.split(".")[0]
        assert top in sys.stdlib_module_names | {"edtf", "labs", "commitments"}, f"a rule imports {name}"
    text = path.read_text()
    for clock in (".today(", ".now(", "time.time", "utcnow"):
        assert clock not in text, f"a rule reads the clock: {clock}"


@pytest.mark.parametrize("app", APPS)
def test_facts_never_depend_on_promises_and_neither_on_the_site(app):
    forbidden = {"labs": {"commitments", "evaltracker"}, "commitments": {"evaltracker"}, "evaltracker": set()}[app]
    for path in modules(app):
        tops = {name.split(".")[0] for name in imports(path)}
        assert not tops & forbidden, f"{path.relative_to(ROOT)} imports {tops & forbidden}"
        assert "tests" not in tops


@pytest.mark.parametrize("app", APPS)
def test_settings_are_read_through_django(app):
    for path in modules(app):
        if path.name not in ("demo.py", "wsgi.py", "asgi.py"):
            assert "evaltracker.settings" not in imports(path), path


def test_migrations_hold_no_code_of_the_apps():
    for app in ("labs", "commitments"):
        for path in (ROOT / app / "migrations").glob("0*.py"):
            tops = {name.split(".")[0] for name in imports(path)}
            assert not tops & set(APPS), path


def test_every_kind_is_in_the_picture():
    assert set(KIND_OF.values()) == set(ALLOWED)


def test_templates_hold_no_inline_script_or_style():
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        assert "style=" not in text, path
        assert "<style" not in text, path
        assert "<script>" not in text, path
        assert " onclick" not in text, path
