"""The desk's front page, and a page for each task with its whole list."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from evaltracker.actions import worklist as actions
from evaltracker.admin.reviewed import name_of_person
from evaltracker.worklist import TASKS, Item, Marked, Task, TaskList, task_input, task_lists
from labs.actions.permissions import VIEW_PROPOSAL
from labs.models import Lab
from labs.rules.numbers import as_number
from labs.rules.order import people_order
from labs.web.parameters import BadParameters, ParameterProblem, refuse_unknown, requested_page, today

SHOWN = 5
ROWS = 50
SHOWS = {"": "open", "mine": "mine", "hidden": "put off, or nothing to do"}


def may_work(person: Any) -> bool:
    """Whether a person works on records. Only those people have a worklist."""
    return person.has_perm(VIEW_PROPOSAL)


def worklist(request: HttpRequest) -> dict[str, Any]:
    """Context of the front page: what is the person's, each task with its count and its first items, standing lists."""
    given = task_input(request.user, today())
    lists = task_lists(given, (task for task in TASKS if not task.is_standing))
    return {
        "mine": [(each, found.task) for found in lists for each in found.of(request.user)],
        "tasks": [
            {"task": found.task, "count": len(found.open), "items": found.open[:SHOWN], "url": task_url(found.task)}
            for found in lists
        ],
        "standing": [(task, task_url(task)) for task in TASKS if task.is_standing],
    }


def task_url(task: Task) -> str:
    """The address of the whole list of a task."""
    return reverse("admin:worklist_task", args=[task.key])


def task_page(request: HttpRequest, key: str) -> HttpResponse:
    """The whole list of one task, filtered by lab and by words; a form marks the ticked rows.

    Raises PermissionDenied, Http404 for an unknown task, and BadParameters for an unknown lab, page or selection.
    """
    if not may_work(request.user):
        raise PermissionDenied
    task = next((task for task in TASKS if task.key == key), None)
    if task is None:
        raise Http404("There is no such list.")
    refuse_unknown(request.GET, ["lab", "q", "page", "show"])
    named = Lab.objects.values_list("key", "name")
    labs = dict(sorted(named, key=lambda pair: people_order(pair[1])))
    lab, words, show = (request.GET.get(name, "") for name in ("lab", "q", "show"))
    if lab and lab not in labs:
        raise BadParameters([ParameterProblem("lab", lab, "There is no such lab.", list(labs))])
    if show not in SHOWS:
        raise BadParameters([ParameterProblem("show", show, "There is no such selection.", list(SHOWS))])
    (found,) = task_lists(task_input(request.user, today()), [task])
    if request.method == "POST":
        _mark(request, found)
        return HttpResponseRedirect(request.get_full_path())
    all_items = {"": found.open, "mine": found.of(request.user), "hidden": found.hidden}[show]
    matching = [each for each in all_items if _matches(each.item, lab, words)]
    pages = Paginator(matching, ROWS)
    page = pages.page(requested_page(request.GET, pages.num_pages))
    context = {
        **admin.site.each_context(request),
        "title": task.title,
        "task": task,
        "page": page,
        "rows": _with_headings(page.object_list),
        "count": len(matching),
        "all_count": len(all_items),
        "hidden_count": len(found.hidden),
        "lab": lab,
        "q": words,
        "show": show,
        "shows": SHOWS.items(),
        "labs": _choices([each.item for each in all_items], labs, lab),
        "is_filtered": bool(lab or words),
        "people": [(person.pk, name_of_person(person)) for person in people_of_the_desk()],
    }
    return TemplateResponse(request, "admin/worklist_task.html", context)


def people_of_the_desk() -> Sequence[User]:
    """Everybody who works on records, by name."""
    roles = Group.objects.filter(permissions__codename="view_proposal", permissions__content_type__app_label="labs")
    people = User.objects.filter(is_active=True, groups__in=roles).distinct()
    return sorted(people, key=lambda person: people_order(name_of_person(person)))


def _mark(request: HttpRequest, found: TaskList) -> None:
    """Carry out what the form asks for about the ticked rows, and say so; or say what is wrong."""
    ticked = set(request.POST.getlist("tick"))
    items = [
        (each.item.subject, each.item.said) for each in (*found.open, *found.hidden) if each.item.subject in ticked
    ]
    given: dict[str, Any] = {"task": found.task.key, "items": items, "by": request.user}
    reason = request.POST.get("reason", "")
    try:
        match request.POST.get("act"):
            case "snooze":
                count = actions.snooze(**given, until=_day(request.POST.get("until", "")), reason=reason, day=today())
                done = "put off"
            case "settle":
                count, done = actions.settle(**given, reason=reason), "marked as looked at, with nothing to do"
            case "assign":
                count, done = actions.assign(**given, to=_person(request.POST.get("person", ""))), "assigned"
            case "bring_back":
                count, done = actions.bring_back(**given), "brought back"
            case _:
                raise ValidationError("Choose one of the buttons below the list.")
    except ValidationError as error:
        messages.error(request, f"Nothing was done. {' '.join(error.messages)}")
    else:
        messages.success(request, f"{count} {'row was' if count == 1 else 'rows were'} {done}.")


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValidationError("Give the day until which it is put off, such as 2026-12-31.") from None


def _person(text: str) -> User | None:
    if text == "":
        return None
    number = as_number(text)
    person = next((person for person in people_of_the_desk() if person.pk == number), None)
    if person is None:
        raise ValidationError("Choose somebody from the list.")
    return person


def _with_headings(found: Sequence[Marked]) -> list[tuple[str, Marked]]:
    """The items, each with the heading above it, where another group begins."""
    headed, last = [], ""
    for each in found:
        headed.append((each.item.group if each.item.group != last else "", each))
        last = each.item.group
    return headed


def _matches(item: Item, lab: str, words: str) -> bool:
    text = f"{item.title} {item.detail} {item.group}".casefold()
    return (not lab or lab in item.labs) and all(word in text for word in words.casefold().split())


def _choices(items: Sequence[Item], labs: dict[str, str], chosen: str) -> list[tuple[str, str]]:
    counts = {key: sum(key in item.labs for item in items) for key in labs}
    return [(key, f"{name} ({counts[key]})") for key, name in labs.items() if counts[key] or key == chosen]
