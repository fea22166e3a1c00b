"""The site as it runs, but that caches have an answer for a second, not for a minute, and may show it one more.

A replica may be a second behind, not half a minute. So the phases can be short; nothing else differs.
"""

import django

from tests.outage.setting import SHORT

django.setup()

from evaltracker.web import databases, public_answers  # noqa: E402
from evaltracker.wsgi import application  # noqa: E402


def _shortened(text: str, old: str, new: str) -> str:
    assert old in text, f"{old!r} is not in {text!r} any more"
    return text.replace(old, new)


public_answers.FOR_A_MINUTE = _shortened(public_answers.FOR_A_MINUTE, "=60", f"={SHORT}")
databases._FOLLOWS = _shortened(databases._FOLLOWS, f"interval '{databases.LAG} s'", f"interval '{SHORT} s'")

__all__ = ["application"]
