"""Addresses that records hold: http or https, without user and password, wherever they come from."""

import json

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.test import Client
from django.urls import reverse

from labs.actions.review import propose
from labs.models import Record
from labs.models.base import Part
from labs.models.fields import WebAddressField
from labs.models.states import state_of
from labs.rules.web_addresses import ALLOWED, address_problem
from tests import factories, people
from tests.admin_forms import form_data, messages_on
from tests.evaltracker.sheets import plan_of, problems

FIELDS = [
    (model, field)
    for model in apps.get_models()
    if issubclass(model, Record | Part)
    for field in model._meta.concrete_fields
    if isinstance(field, models.URLField)
]
DECEITFUL = "https://openai.com:secret@example.org/card"
SECRET = "without a user name or password"


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org",
        "http://example.org/a?b=c@d#e@f",
        "HTTPS://Example.org/@name/status/1",
        "https://example.org:8443/%20",
        "https://[2001:db8::1]/",
        "https://xn--bcher-kva.example/",
        "https://bücher.example/ü",
    ],
)
def test_an_address_of_the_web_is_good(address):
    assert address_problem(address) == ""
    WebAddressField().run_validators(address)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("ftp://example.org/a", "does not begin with"),
        ("javascript:alert(1)//https://example.org", "does not begin with"),
        ("data:text/html,x", "does not begin with"),
        ("mailto:a@example.org", "does not begin with"),
        ("file:///etc/passwd", "does not begin with"),
        ("//example.org/a", "does not begin with"),
        ("example.org", "does not begin with"),
        ("https://openai.com@example.org/", "user name or password"),
        (DECEITFUL, "user name or password"),
        ("https://@example.org/", "user name or password"),
        ("https://openai.com\\@example.org/", "user name or password"),
        ("https://example.org\\a", "names no host"),
        ("https:///a", "names no host"),
        ("https://example.org:port/", "host or port"),
        ("https://[example.org/", "host or port"),
        ("https://example.org/a b", "cannot be seen"),
        ("https://example.org/\x07", "cannot be seen"),
        ("https://example.org/\x00", "cannot be seen"),
        ("https://example.org/\na", "cannot be seen"),
        ("https://example.org/\u202egpj.exe", "cannot be seen"),
        ("https://exam\u200bple.org/", "cannot be seen"),
        ("https://example.org/\xa0", "cannot be seen"),
        ("https://exa_mple/", ""),
        ("https://-.example/", ""),
    ],
)
def test_what_no_record_may_link_to_is_refused_with_what_is_allowed(address, why):
    assert why in address_problem(address)
    with pytest.raises(ValidationError) as refusal:
        WebAddressField().run_validators(address)
    assert why in str(refusal.value)
    assert ALLOWED in str(refusal.value)


def test_every_address_of_a_record_is_of_this_kind():
    assert {f"{model._meta.label}.{field.name}" for model, field in FIELDS} == {
        "labs.Source.url",
        "labs.Source.archived_url",
        "labs.Lab.website",
        "labs.Evaluator.website",
        "commitments.Reply.published_url",
    }
    assert all(isinstance(field, WebAddressField) for _, field in FIELDS)


def test_every_address_that_is_shipped_is_good():
    names = {model._meta.label_lower: [] for model, _ in FIELDS}
    for model, field in FIELDS:
        names[model._meta.label_lower].append(field.name)
    seen = 0
    for path in sorted((settings.BASE_DIR / "fixtures").glob("*.json")):
        for row in json.loads(path.read_text(encoding="utf-8")):
            for name in names.get(row["model"], ()):
                if address := row["fields"].get(name):
                    WebAddressField().run_validators(address)
                    seen += 1
    assert seen > 100


def made(model: type[Record]) -> Record:
    makers = {"source": factories.source, "lab": factories.lab, "evaluator": factories.evaluator}
    return makers.get(model._meta.model_name, factories.reply)()


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "field"), FIELDS, ids=lambda value: getattr(value, "name", ""))
def test_the_desk_proposals_and_files_refuse_it_and_leave_what_is_stored(model, field):
    record, editor = made(model), people.editor()
    with pytest.raises(ValidationError) as refusal:
        propose(record=record, state={field.name: DECEITFUL}, reason="Moved.", by=editor)
    assert SECRET in str(refusal.value)

    desk, url = Client(), reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[record.pk])
    desk.force_login(editor)
    data = form_data(desk.get(url))
    assert SECRET in messages_on(desk.post(url, data | {field.name: DECEITFUL}))
    assert SECRET in messages_on(desk.post(url, data | {field.name: "ftp://example.org/"}))

    row = {"key": record.key, field.name: DECEITFUL}
    assert any(SECRET in said for _, where, said in problems(*plan_of(editor, {model: [row]})) if where == field.name)

    model.objects.filter(pk=record.pk).update(**{field.name: DECEITFUL})
    assert state_of(model.objects.get(pk=record.pk))[field.name] == DECEITFUL
    assert Client().get(record.get_absolute_url() if model._meta.model_name != "reply" else "/").status_code == 200
