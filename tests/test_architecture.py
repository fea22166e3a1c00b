"""Who may import whom: the folder says the layer, and docs/architecture.md says the arrows."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("labs", "commitments", "evaltracker")

LAYERS = (ROOT / "docs" / "architecture.md").read_text().split("## Layers")[1].split("## ")[0]
TABLE = re.findall(r"^\| (\w+) \| (`.*`) \| (.*) \|$", LAYERS, re.MULTILINE)
# The layer of a module is its folder, the same in each app; beside the folders are only the files of the table.
LAYER_OF = {name: mine for mine, places, _ in TABLE for name in re.findall(r"`(\w+)(?:/|\.py)`", places)}
LAYER_OF["__init__"] = "project"
MAY_IMPORT = {
    mine: {mine, *re.sub(r" ?\(.*?\)|nothing", "", others).replace(",", " ").split()} for mine, _, others in TABLE
}

# Of a folder that another layer may not use as a whole, the parts that it may.
VOCABULARY = "labs.rules.vocabulary"  # what choices.py builds on
DESK_USES_OF_WEB = set(re.search(r"web \(only (.*?)\)", LAYERS)[1].split(", "))


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


def layer(name: str) -> str:
    """The layer of a module of ours by its dotted name; a module outside the folders of the table fails here."""
    return LAYER_OF[name.split(".")[1]]


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts)


def ours(path: Path) -> set[str]:
    """The modules of the three apps that a file imports (a name that is imported from one counts as a part of it)."""
    return {name for name in imports(path) if name.split(".")[0] in APPS and "." in name}


MODULES = [path for app in APPS for path in modules(app)]
IDS = [dotted(path) for path in MODULES]


def test_the_table_of_the_docs_is_read():
    assert MAY_IMPORT["choices"] == {"choices"}
    assert MAY_IMPORT["actions"] == {"actions", "models", "rules", "choices"}
    assert MAY_IMPORT["desk"] == {*MAY_IMPORT["web"], "desk"}
    assert set(LAYER_OF.values()) == set(MAY_IMPORT)


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_a_module_imports_only_what_its_layer_may(path):
    mine = layer(dotted(path))
    for name in ours(path):
        if mine == "choices" and name.startswith(VOCABULARY):
            continue
        assert layer(name) in MAY_IMPORT[mine], f"{mine} may not import {layer(name)} ({name})"


@pytest.mark.parametrize("path", [each for each in MODULES if layer(dotted(each)) == "rules"], ids=dotted)
def test_rules_know_no_orm_no_settings_and_no_clock(path):
    for name in imports(path):
        top = name.split(".")[0]
        assert top in sys.stdlib_module_names | {"edtf", "labs", "commitments"}, f"a rule imports {name}"
    text = path.read_text()
    for clock in (".today(", ".now(", "time.time", "utcnow"):
        assert clock not in text, f"a rule reads the clock: {clock}"


@pytest.mark.parametrize("path", [each for each in MODULES if layer(dotted(each)) == "desk"], ids=dotted)
def test_the_desk_uses_of_the_pages_only_what_both_need(path):
    for name in ours(path):
        if layer(name) == "web" and name.count(".") > 1:
            assert name.split(".")[2] in DESK_USES_OF_WEB, f"the desk imports {name}"


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
    for app in APPS:
        for path in (ROOT / app / "migrations").glob("0*.py"):
            tops = {name.split(".")[0] for name in imports(path)}
            assert not tops & set(APPS), path


def test_the_apps_have_the_same_folders():
    """A folder that would be empty is left out; no file with its name replaces it."""
    folders = {"rules", "models", "queries", "actions", "web", "admin"}
    for app in APPS:
        assert not {f"{folder}.py" for folder in folders} & {path.name for path in (ROOT / app).iterdir()}, app


def test_templates_hold_no_inline_script_or_style():
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        assert "style=" not in text, path
        assert "<style" not in text, path
        assert "<script>" not in text, path
        assert " onclick" not in text, path
