"""Every type of page, with an example of each: the one list that the walk and the screenshots read."""

import re

from tests.test_urls import patterns

EXAMPLES = {
    "labs": "google-deepmind",
    "models": "gemini-3-pro",
    "evaluators": "metr",
    "access": "gdm-gemini-3-pro-ai-rnd-sabotage",
    "sources": "gpt-4-system-card",
    "commitments": "seoul-2024-external-evaluations",
}
"""For each kind of address with a key in it, the key of a record that fills most of its page."""

STATES = {
    "a list that is filtered": "/access/?lab=openai&lab=anthropic&activity=model_evaluation",
    "a list with all its filters": "/access/?filters=all",
    "a list with nothing in it": "/access/?q=zzzz",
    "labs side by side": "/labs/compare/?lab=openai&lab=google-deepmind",
    "what a search finds": "/search/?q=gemini+3",
    "a past day": "/?as_of=2024-05-24",
    "a lab on a past day": "/labs/openai/?as_of=2024-05-24",
    "a lab with no release": "/labs/inflection/",
    "a record that was withdrawn": "/sources/fmti-meta/",
    "no such page": "/no/such/page/",
    "an address that is refused": "/access/?as_of=tomorrow",
    "the log-in of the desk": "/admin/login/",
}
"""Pages that look otherwise than the plain address of their type."""

FOR_DEVELOPERS = "style/"
"""A page that the site has only where it is developed."""

STATUS = {"a record that was withdrawn": 410, "no such page": 404, "an address that is refused": 400}
"""What these answer with; all others with 200."""


def page_types() -> dict[str, str]:
    """Each type of page by name, with the path of its example. Raises KeyError for a type that has none."""
    routes = {route for route in patterns() if not route or route.endswith("/")} - {FOR_DEVELOPERS}
    return {f"/{route}": f"/{_example(route)}" for route in sorted(routes)} | STATES


def _example(route: str) -> str:
    return re.sub(r"<[^>]+>", lambda _: EXAMPLES[route.split("/")[0]], route)
