"""What tests do without while pages and pictures are rendered, since they never look at it.

``response.context`` holds what a page was given. Django's test client notes every template that is rendered, with a
copy of its context: each widget of a form and each included part is one, hundreds on a page of the desk. Tests ask for
what the view gave to the page, so only the outermost template is noted.
"""

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import override_settings
from django.test.signals import template_rendered
from django.utils.safestring import SafeString

from labs.web.workbooks import Sheet

_rendering = threading.local()


def _render_and_note(template: Template, context: Context) -> SafeString:
    """Render the template; tell the test client of it unless another one that is being rendered uses it."""
    if getattr(_rendering, "is_inside", False):
        return template.nodelist.render(context)
    template_rendered.send(sender=template, template=template, context=context)
    _rendering.is_inside = True
    try:
        return template.nodelist.render(context)
    finally:
        _rendering.is_inside = False


@pytest.fixture(scope="session", autouse=True)
def only_pages_are_noted(django_test_environment: None) -> Iterator[None]:
    """Note what a page is given, and not what each of its parts is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", _render_and_note)
        yield


@pytest.fixture
def kept_figures(tmp_path: Path) -> Iterator[Path]:
    """An empty folder for what the site keeps on disk."""
    with override_settings(KEPT_FIGURES_DIR=str(tmp_path / "kept")):
        yield tmp_path / "kept"


@pytest.fixture
def files_as_text(kept_figures: Path) -> Iterator[None]:
    """At the address of a PNG, give the bytes of the SVG that it is drawn from; of an XLSX, its cells as text.

    For walks over all addresses: drawing and packing take half of their time. tests/evaltracker/test_figures.py draws
    each picture, tests/labs/test_workbooks.py makes each workbook.
    """
    with pytest.MonkeyPatch.context() as patch:
        for views in ("figures", "facts"):
            patch.setattr(f"evaltracker.web.views.{views}.png", lambda svg, *_: svg.encode())
        patch.setattr("labs.web.workbooks.workbook", _cells)
        yield


def _cells(sheets: Iterable[Sheet]) -> bytes:
    return repr([(sheet.name, sheet.header, [*map(tuple, sheet.rows)]) for sheet in sheets]).encode()
