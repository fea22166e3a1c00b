"""Undefined variables in our own templates fail the test that renders them.

pytest-django's --fail-on-template-vars fails for every template, but those of Django's admin use undefined variables on
purpose; so this looks at the file in which the variable is.
"""

import sys
from pathlib import Path

import pytest


class UndefinedVariable(str):
    """A value for the template engine's `string_if_invalid`: it fails for templates below `folder`.

    For other templates it is the empty string, as the engine has it by default.
    """

    folder: Path

    def __new__(cls, folder: Path) -> "UndefinedVariable":
        value = super().__new__(cls, "%s")  # the engine asks for "%s" in it, then puts the variable in
        value.folder = folder
        return value

    def __mod__(self, variable: object) -> str:
        frame = sys._getframe(1)
        while frame:
            # The innermost node being rendered knows its file, whatever includes or extends it.
            origin = getattr(frame.f_locals.get("self"), "origin", None)
            if origin is not None:
                if Path(origin.name).is_relative_to(self.folder):
                    pytest.fail(f"undefined template variable {str(variable)!r} in {origin.name}")
                return ""
            frame = frame.f_back
        return ""
