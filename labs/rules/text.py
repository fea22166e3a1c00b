"""Typed text as it is stored, so that the same words are the same text wherever they come from."""

import re

_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_UNSTORABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_GAP_IN_LINE = re.compile(r"[\t\n]+")


def clean_text(text: str) -> str:
    """The text with ``\\n`` as its line ends, without blanks at line ends or around it, and without control characters.

    Browsers end lines with ``\\r\\n``; XML and workbooks refuse control characters. Tabs within a line stay.
    """
    if text.isprintable() and text == text.strip():
        return text  # most values, and quick
    text = _UNSTORABLE.sub("", _LINE_END.sub("\n", text))
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def one_line(text: str) -> str:
    """``clean_text`` for a text of one line, such as a name: a tab or line break in it becomes a blank."""
    return _GAP_IN_LINE.sub(" ", clean_text(text))
