"""Undefined variables fail in our own templates and nowhere else."""

import pytest
from django.template import Context, Engine

from tests.templates import UndefinedVariable


@pytest.fixture
def engine(tmp_path):
    for name, text in {
        "ours/page.html": "{% extends 'base.html' %}{% block content %}{{ missing }}{% endblock %}",
        "ours/including.html": "{% include 'theirs.html' %}",
        "ours/defined.html": "{{ there }}{% if missing %}no{% endif %}",
        "theirs/base.html": "<{% block content %}{% endblock %}>",
        "theirs/theirs.html": "[{{ missing }}]",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    dirs = [tmp_path / "ours", tmp_path / "theirs"]
    return Engine(dirs=dirs, string_if_invalid=UndefinedVariable(tmp_path / "ours"))


def test_an_undefined_variable_in_our_template_fails(engine):
    with pytest.raises(pytest.fail.Exception, match=r"'missing' in .*page\.html"):
        engine.get_template("page.html").render(Context())


def test_an_undefined_variable_in_a_librarys_template_is_empty(engine):
    assert engine.get_template("theirs.html").render(Context()) == "[]"
    assert engine.get_template("including.html").render(Context()) == "[]"


def test_a_defined_variable_is_shown(engine):
    assert engine.get_template("defined.html").render(Context({"there": "here"})) == "here"
