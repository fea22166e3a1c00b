"""Tables that can be read on a narrow page."""

from django import template
from django.template import Context, NodeList
from django.template.base import Parser, Token
from django.utils.safestring import SafeString

from labs.web.cells import with_names

register = template.Library()


class NamedCells(template.Node):
    """What stands between the tags, with the name of its column on each cell."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        return SafeString(with_names(self.nodelist.render(context)))


@register.tag
def named_cells(parser: Parser, _token: Token) -> NamedCells:
    """``{% named_cells %}…{% endnamed_cells %}``: its tables' cells say their columns (labs/web/cells.py)."""
    nodelist = parser.parse(("endnamed_cells",))
    parser.delete_first_token()
    return NamedCells(nodelist)
