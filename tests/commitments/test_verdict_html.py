"""What a page shows of a verdict, and that nothing in it becomes markup."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db
SIGNS = "<b>\"A\" & 'B'</b>"
ESCAPED = "&lt;b&gt;&quot;A&quot; &amp; &#x27;B&#x27;&lt;/b&gt;"


def test_nothing_in_a_verdict_becomes_markup(client):
    lab = factories.lab(name=f"L {SIGNS}")
    evaluator = factories.evaluator(name=f"E {SIGNS}")
    tested = factories.ai_model(lab=lab, name=f"M {SIGNS}")
    factories.access_event(model=tested, evaluators=[evaluator])
    factories.ai_model(lab=lab, name="Not tested")
    promise = factories.commitment(labs=[lab], lenient={"evaluators": "named", "named_evaluator": evaluator})

    page = client.get(f"{promise.get_absolute_url()}?window=all").content.decode()

    assert "<b>" not in page
    shown = page.partition('id="practice-heading"')[2]
    assert shown.count('<details class="disclosure verdict">') == 2
    assert f'<span class="verdict__release">M {ESCAPED}</span>' in shown
    assert f"E {ESCAPED}: model evaluation" in shown
    assert shown.count("No access event for this release is on record.") == 1
    assert shown.count("<strong>Strict") == 2
