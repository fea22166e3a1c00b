"""The stylesheet: written in parts, served as one file; every colour and size has a name."""

import os
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from evaltracker.staticfinders import STYLESHEET

FOLDER = Path(__file__).resolve().parent.parent / "static" / "css"
PARTS = [FOLDER / f"{name}.css" for name in STYLESHEET]
DESK = "admin"
"""Adds to the stylesheet of Django's admin, whose sizes have no names."""
LITERAL = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch|color)a?\(|\b\d*\.?\d+(?:px|r?em|r?lh|ch|ex|p[tc]|[cm]m|in|q|[sld]?v[hwib]|v(?:min|max))\b",
    re.I,
)
WITHOUT_NAMES = re.compile(r"@(?:media|container|supports)[^{]+|@page[^{]*\{[^}]*\}")
"""Where CSS takes no ``var()``."""


def rules_of(text: str) -> str:
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def literals(text: str) -> list[str]:
    return LITERAL.findall(WITHOUT_NAMES.sub("", rules_of(text)))


def test_one_file_is_served_and_holds_every_part_in_order():
    served = Path(finders.find("css/site.css")).read_text()
    assert served == "".join(part.read_text() for part in PARTS)
    assert {path.stem for path in FOLDER.glob("*.css")} == {*STYLESHEET, DESK}


def test_a_part_that_changes_is_served_anew(tmp_path, settings):
    (tmp_path / "static" / "css").mkdir(parents=True)
    for name in STYLESHEET:
        (tmp_path / "static" / "css" / f"{name}.css").write_text(f".{name} {{}}\n")
    settings.BASE_DIR = tmp_path
    finder = finders.get_finder("evaltracker.staticfinders.StylesheetFinder").__class__()
    before = Path(finder.find("css/site.css"))
    assert ".pages {}" in before.read_text()
    later = before.stat().st_mtime + 5
    part = tmp_path / "static" / "css" / "pages.css"
    part.write_text(".other {}\n")
    os.utime(part, (later, later))
    assert ".other {}" in Path(finder.find("css/site.css")).read_text()
    assert finder.find("css/other.css") == []
    assert [name for name, _ in finder.list(None)] == ["site.css"]


@pytest.mark.parametrize("part", [path for path in PARTS if path.stem != "tokens"], ids=lambda path: path.stem)
def test_colours_and_sizes_are_named_in_the_tokens_only(part):
    assert literals(part.read_text()) == []


def test_what_a_literal_is():
    assert (
        literals("a { margin: 0 auto; inline-size: 50%; line-height: 1.5; color: CanvasText; inset: var(--line) }")
        == []
    )
    assert literals("@media (min-width: 40rem) { a { color: transparent } } @page { margin: 16mm }") == []
    for value in ("#fff", "rgb(0 0 0)", "1px", ".5rem", "12pt", "calc(100% - 2em)", "80vw", "10dvh"):
        assert literals(f"a {{ b: {value} }}"), value


def test_the_desks_stylesheet_names_no_colour():
    assert not re.search(r"#[0-9a-f]{3,8};|rgba?\(", rules_of((FOLDER / "admin.css").read_text()), re.I)


def test_every_name_that_is_used_is_given():
    text = rules_of("".join(part.read_text() for part in PARTS))
    given = set(re.findall(r"(--[\w-]+)\s*:", text))
    assert set(re.findall(r"var\((--[\w-]+)\)", text)) <= given


def test_every_rule_stands_in_a_layer_that_the_first_line_orders():
    tokens = rules_of(PARTS[0].read_text())
    ordered = re.search(r"@layer ([^;{]+);", tokens)[1].split(", ")
    for part in PARTS:
        depth, outside = 0, []
        for piece in re.split(r"([{}])", rules_of(part.read_text()).replace(f"@layer {', '.join(ordered)};", "")):
            if piece in "{}" and piece:
                depth += 1 if piece == "{" else -1
                assert depth >= 0, part
            elif depth == 0 and piece.strip():
                outside.append(piece.strip())
        assert depth == 0, part
        assert all(name.removeprefix("@layer ") in ordered for name in outside), (part, outside)
