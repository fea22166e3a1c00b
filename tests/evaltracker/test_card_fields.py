"""A field of the desk's own forms: its label, its help and its errors."""

import pytest
from django import forms
from django.template import Context, Template
from django.utils.safestring import mark_safe


class Form(forms.Form):
    name = forms.CharField(label="the <name>", help_text='"A & B", not <b>')
    note = forms.CharField(required=False, label=mark_safe("<i>note</i>"), help_text=mark_safe("<b>bold</b>"))
    kinds = forms.MultipleChoiceField(
        choices=[("one", "<One>")], label="which", help_text="Tick some", widget=forms.CheckboxSelectMultiple
    )


def written(form, name, **context):
    template = Template("{% load card_fields %}{% card_field field %}")
    return template.render(Context({"field": form[name], **context}))


def test_label_and_help_are_escaped_unless_they_are_safe():
    assert written(Form(), "name") == (
        '<div class="form-row field-name">\n  \n  <div class="flex-container">\n    \n'
        '    <label for="id_name" class="required">The &lt;name&gt;:</label><input type="text" name="name" required '
        'aria-describedby="id_name_helptext" id="id_name">\n    \n  </div>\n'
        '  <div class="help" id="id_name_helptext"><div>&quot;A &amp; B&quot;, not &lt;b&gt;</div></div>\n</div>\n'
    )
    assert '<label for="id_note"><i>note</i>:</label>' in written(Form(), "note")
    assert "<div><b>bold</b></div>" in written(Form(), "note")


def test_a_group_of_boxes_has_a_legend():
    page = written(Form(), "kinds")
    assert '<div class="flex-container desk-card__group">' in page
    assert '<fieldset aria-describedby="id_kinds_helptext"><legend>Which</legend><div id="id_kinds">' in page
    assert "<label for" in page  # of the box alone
    assert page.count("&lt;One&gt;") == 1


@pytest.mark.parametrize("is_refused", [True, False, None])
def test_errors_are_shown_where_the_page_says_that_it_was_refused(is_refused):
    page = written(Form({}), "name", **({} if is_refused is None else {"is_refused": is_refused}))
    assert ('<ul class="errorlist" id="id_name_error"><li>This field is required.</li></ul>' in page) is bool(
        is_refused
    )
    assert ('class="form-row field-name errors"' in page) is bool(is_refused)
    assert "errors" not in written(Form({"note": "x"}), "note", is_refused=True)
