"""Our functions for the fields of forms write what Django's templates write."""

from decimal import Decimal
from itertools import product

import pytest
from django import forms
from django.contrib.admin.widgets import AdminRadioSelect, AdminSplitDateTime
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.forms.utils import ErrorList
from django.forms.widgets import Input
from django.test import override_settings
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe

from evaltracker.web.form_renderer import OPTIONS, OTHERS, WIDGETS, FormRenderer
from labs.choices import Answer


class Odd:
    """An object whose text has to be escaped."""

    def __str__(self):
        return "<odd & \"quoted\" 'text'>"


class OptionOfItsOwn(forms.Select):
    """A select box with a template of its own for each option."""

    option_template_name = "django/forms/widgets/date.html"


ODD = {
    "text": "<b> & \"double\" 'single' </b>\n\t é ",
    "safe": mark_safe("<i>&amp;</i>"),
    "lazy": lazystr("<lazy> & text"),
    "coded": Answer.YES,
    "number": 1234567,
    "decimal": Decimal("1234.50"),
    "float": 1234.5,
    "true": True,
    "false": False,
    "none": None,
    "nothing": "",
    "zero": 0,
    "object": Odd(),
    "tuple": (1, "<two>"),
    "list": ["<one>", 2],
}
TEXTS = [value for value in ODD.values() if not isinstance(value, (list, tuple))]
ATTRS = {
    **ODD,
    "id": "id_<x>&1",
    "class": 'a "b"',
    "disabled": True,
    "required": False,
    "data-<name>": "x",
    "rows": 1000,
    mark_safe("safe-<name>"): mark_safe("<safe>"),
}
CHOICES = [
    ("", "---------"),
    *((value, value) for value in TEXTS),
    ("<group> & name", [("one", "<One>"), (2000, 2000), (Odd(), Odd())]),
    (lazystr("lazy <group>"), [(mark_safe("<s>"), mark_safe("<s>"))]),
    (3000, [("in a group with a number", 4000)]),
    ("", [("in a group without a name", "x")]),
]
INPUTS = [
    forms.CheckboxInput,
    forms.ColorInput,
    forms.DateInput,
    forms.DateTimeInput,
    forms.EmailInput,
    forms.FileInput,
    forms.HiddenInput,
    Input,
    forms.NumberInput,
    forms.PasswordInput,
    forms.SearchInput,
    forms.TelInput,
    forms.Textarea,
    forms.TextInput,
    forms.TimeInput,
    forms.URLInput,
]
CHOSEN = [
    AdminRadioSelect,
    forms.CheckboxSelectMultiple,
    forms.NullBooleanSelect,
    forms.RadioSelect,
    forms.Select,
    forms.SelectMultiple,
]
DJANGO, OURS = DjangoTemplates(), FormRenderer()


@pytest.fixture(autouse=True, params=[False, True], ids=["plain numbers", "1,234,567"])
def numbers(request):
    """With and without numbers that are written otherwise for people than for machines."""
    with override_settings(USE_THOUSAND_SEPARATOR=request.param):
        yield


def same(write):
    """Whether we write it as Django's renderer does; what we write."""
    ours = write(OURS)
    assert ours == write(DJANGO)
    return ours


def test_the_site_uses_it_and_each_function_is_compared_here():
    assert isinstance(get_default_renderer(), FormRenderer)
    assert set(WIDGETS) == {widget.template_name for widget in INPUTS + CHOSEN}
    assert set(OPTIONS) == {widget.option_template_name for widget in CHOSEN}
    assert set(OTHERS) == {forms.Form.template_name_label, ErrorList.template_name, ErrorList.template_name_ul}


@pytest.mark.parametrize("widget", INPUTS)
def test_an_input(widget):
    field = widget(attrs={"type": "<odd>"} if widget is Input else None)
    for value in ODD.values():
        assert "&lt;name&gt;" in same(lambda renderer, value=value: field.render("<name>", value, ATTRS, renderer))


@pytest.mark.parametrize("attrs", [ATTRS, {}, {"id": "", "class": ""}, {"id": 1000, "class": 2000}])
@pytest.mark.parametrize("widget", CHOSEN)
def test_a_choice(widget, attrs):
    field = widget(choices=CHOICES) if widget is not forms.NullBooleanSelect else widget()
    values = [[], list(ODD.values()), ["one", "<s>", 2000]] if field.allow_multiple_selected else [*TEXTS, "one", "<s>"]
    for value in values:
        ours = same(lambda renderer, value=value: field.render("<name>", value, attrs, renderer))
        assert ours.count("<option") + ours.count("<input") == len(list(field.options("name", [])))


@pytest.mark.parametrize("widget", [forms.Select, forms.CheckboxSelectMultiple, forms.RadioSelect])
def test_a_choice_of_nothing(widget):
    same(lambda renderer: widget().render("name", None, {}, renderer))


@pytest.mark.parametrize("widget", [forms.CheckboxSelectMultiple, forms.RadioSelect])
def test_one_box_by_itself(widget):
    class Form(forms.Form):
        box = forms.ChoiceField(choices=CHOICES, widget=widget)

    boxes = same(lambda renderer: [str(each) for each in Form(renderer=renderer)["box"]])
    assert len(boxes) == len(list(widget(choices=CHOICES).options("box", [])))


@pytest.mark.parametrize("widget", [forms.CheckboxSelectMultiple, forms.RadioSelect])
def test_boxes_without_labels(widget):
    class Bare(widget):
        def create_option(self, *args, **kwargs):
            return super().create_option(*args, **kwargs) | {"wrap_label": False}

    assert "<label for" not in same(lambda renderer: Bare(choices=CHOICES).render("name", "one", ATTRS, renderer))


@pytest.mark.parametrize(
    "widget",
    [
        AdminSplitDateTime(),
        forms.ClearableFileInput(),
        forms.MultipleHiddenInput(),
        forms.SelectDateWidget(),
        forms.SplitDateTimeWidget(),
        OptionOfItsOwn(choices=[("<one>", "<One>")]),
    ],
    ids=lambda widget: type(widget).__name__,
)
def test_what_is_left_to_django(widget):
    same(lambda renderer: widget.render("<name>", None, ATTRS, renderer))


@pytest.mark.parametrize("label", [*ODD.values(), "Ends in a colon:"], ids=[*ODD, "colon"])
def test_a_label(label):
    for is_tagged, tag, attrs in product([True, False], ["label", "<odd>", None], [None, {}, ATTRS]):
        context = {"label": label, "tag": tag, "attrs": attrs, "use_tag": is_tagged}
        same(lambda renderer, context=context: renderer.render(forms.Form.template_name_label, context))


@pytest.mark.parametrize("auto_id", ["id_%s", "", "<%s>"])
def test_a_label_of_a_field(auto_id):
    class Form(forms.Form):
        required_css_class = "required"
        field = forms.CharField(label="<A label>")

    same(lambda renderer: Form(auto_id=auto_id, renderer=renderer)["field"].label_tag())
    same(lambda renderer: Form(auto_id=auto_id, renderer=renderer)["field"].legend_tag())


@pytest.mark.parametrize("field_id", [None, "", "id_<x>", 1000])
@pytest.mark.parametrize("template", ["template_name", "template_name_ul", "template_name_text"])
def test_errors(template, field_id):
    for errors in ([], list(ODD.values()), [forms.ValidationError("<%(x)s>", params={"x": "&"})]):
        found = ErrorList(errors, error_class='non"field', field_id=field_id)
        same(lambda renderer, found=found: renderer.render(getattr(found, template), found.get_context()))


@pytest.mark.parametrize("shown", ["as_div", "as_p", "as_table", "as_ul"])
def test_a_whole_form_with_errors(shown):
    class Form(forms.Form):
        name = forms.CharField(help_text="Help <b>in bold</b>")
        kind = forms.ChoiceField(choices=CHOICES)
        number = forms.IntegerField(min_value=1000, localize=True)
        hidden = forms.CharField(widget=forms.HiddenInput)

    sent = {"kind": "<wrong>", "number": "5"}
    assert "&lt;wrong&gt;" in same(lambda renderer: getattr(Form(sent, renderer=renderer), shown)())
