"""Django's templates, of which a page leaves nothing behind."""

from typing import Any

from django.http import HttpRequest
from django.template import TemplateDoesNotExist
from django.template.backends.django import DjangoTemplates, Template, reraise
from django.template.context import make_context
from django.utils.safestring import SafeString


class Templates(DjangoTemplates):
    """The templates of all apps."""

    def from_string(self, template_code: str) -> Template:
        return _Template(super().from_string(template_code).template, self)

    def get_template(self, template_name: str) -> Template:
        return _Template(super().get_template(template_name).template, self)


class _Template(Template):
    """A template whose context ends with its page.

    A context of Django's refers to itself (``ContextDict.context``), so with all that the page showed it would wait for
    Python's search for cycles: the records and the ledger of a version that is gone took as much memory as the newest.
    """

    def render(self, context: dict[str, Any] | None = None, request: HttpRequest | None = None) -> SafeString:
        given = make_context(context, request, autoescape=self.backend.engine.autoescape)
        try:
            page = self.template.render(given)
        except TemplateDoesNotExist as error:
            reraise(error, self.backend)
        given.dicts.clear()
        return page
