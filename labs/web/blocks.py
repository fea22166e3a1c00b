"""What a block of a page's template says, wherever it stands."""

from html import unescape

from django.template import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import strip_tags


def block_html(context: Context, name: str) -> str:
    """The block as the page has it; "" where the template has none of this name."""
    block = context.render_context[BLOCK_CONTEXT_KEY].get_block(name)
    return block.nodelist.render(context) if block else ""


def block_words(context: Context, name: str) -> str:
    """Its words, without tags."""
    return words_of(block_html(context, name))


def words_of(html: str) -> str:
    """The words of a piece of a page, without tags."""
    return " ".join(unescape(strip_tags(html)).split())
