"""The desk's front page, and a page for each task with its whole list."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from evaltracker.worklist import TASKS, Item, Task, task_input
from labs.actions.permissions import VIEW_PROPOSAL
from labs.models import Lab
from labs.web.parameters import BadParameters, ParameterProblem, refuse_unknown, requested_page, today

SHOWN = 5
ROWS = 50


def may_work(person: Any) -> bool:
    """Whether a person works on records. Only those people have a worklist."""
    return person.has_perm(VIEW_PROPOSAL)


def worklist(request: HttpRequest) -> dict[str, Any]:
    """Context of the front page: each task with its count and its first items."""
    given = task_input(request.user, today())
    tasks = [(task, task.read(given)) for task in TASKS]
    return {
        "tasks": [
            {"task": task, "count": len(items), "items": items[:SHOWN], "url": task_url(task)} for task, items in tasks
        ],
    }


def task_url(task: Task) -> str:
    """The address of the whole list of a task."""
    return reverse("admin:worklist_task", args=[task.key])


def task_page(request: HttpRequest, key: str) -> HttpResponse:
    """The whole list of one task, filtered by lab and by words.

    Raises PermissionDenied, Http404 for an unknown task, and BadParameters for an unknown lab or page.
    """
    if not may_work(request.user):
        raise PermissionDenied
    task = next((task for task in TASKS if task.key == key), None)
    if task is None:
        raise Http404("There is no such list.")
    refuse_unknown(request.GET, ["lab", "q", "page"])
    items = task.read(task_input(request.user, today()))
    labs = dict(Lab.objects.order_by("name").values_list("key", "name"))
    lab, words = request.GET.get("lab", ""), request.GET.get("q", "")
    if lab and lab not in labs:
        raise BadParameters([ParameterProblem("lab", lab, "There is no such lab.", list(labs))])
    found = [item for item in items if _matches(item, lab, words)]
    pages = Paginator(found, ROWS)
    page = pages.page(requested_page(request.GET, pages.num_pages))
    context = {
        **admin.site.each_context(request),
        "title": task.title,
        "task": task,
        "page": page,
        "count": len(found),
        "all_count": len(items),
        "lab": lab,
        "q": words,
        "labs": _choices(items, labs, lab),
        "is_filtered": bool(lab or words),
    }
    return TemplateResponse(request, "admin/worklist_task.html", context)


def _matches(item: Item, lab: str, words: str) -> bool:
    text = f"{item.title} {item.detail}".casefold()
    return (not lab or lab in item.labs) and all(word in text for word in words.casefold().split())


def _choices(items: Sequence[Item], labs: dict[str, str], chosen: str) -> list[tuple[str, str]]:
    counts = {key: sum(key in item.labs for item in items) for key in labs}
    return [(key, f"{name} ({counts[key]})") for key, name in labs.items() if counts[key] or key == chosen]
