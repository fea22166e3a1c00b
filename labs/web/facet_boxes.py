"""How the choices of a facet are drawn, and how its values are read from the address."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from labs.web.facets import Facet

MOST_SHOWN = 8
"""So many choices of a facet stand in sight; of more, the largest."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A choice in words, and how many rows it gives together with the other filters."""

    name: str
    count: int

    def __str__(self) -> str:
        return f"{self.name} ({self.count})"


class TypedBox(forms.TextInput):
    """A box to type into, as Django draws it; its template takes ten times as long."""

    def _render(self, _template_name: str, context: dict[str, Any], _renderer: Any = None) -> SafeString:
        box = context["widget"]
        value = {} if box["value"] is None else {"value": box["value"]}
        said = {"type": box["type"], "name": box["name"], **value, **box["attrs"]}
        attributes = "".join(
            format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value)
            for name, value in said.items()
            if value is not False
        )
        return SafeString(f"<input{attributes}>")


class DayBox(TypedBox, forms.DateInput):
    """A box for a day."""


class Boxes(forms.CheckboxSelectMultiple):
    """The choices of a facet: the largest as boxes to tick, the others folded, or in a box to type into."""

    suggests = True  # whether the box to type into suggests the names

    def __init__(self, facet: "Facet") -> None:
        super().__init__()
        self.facet = facet

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, **_: Any) -> SafeString:
        chosen, box = set(self.format_value(value)), (attrs or {}).get("id", "")
        choices = list(self.choices)
        shown = max(MOST_SHOWN, sum(str(choice) in chosen for choice, _ in choices))
        first, others = choices[:shown], choices[shown:]
        return format_html(
            '<div class="facet" id="{}">{}{}</div>',
            box,
            self._boxes(name, chosen, first),
            self._others(name, chosen, others, box) if others else "",
        )

    def _boxes(self, name: str, chosen: set[str], choices: Iterable[tuple[str, Any]]) -> SafeString:
        return format_html_join(
            "",
            '<label><input type="checkbox" name="{}" value="{}"{}> {}</label>',
            (
                (name, choice, SafeString(" checked") if str(choice) in chosen else "", self._in_words(choice, label))
                for choice, label in choices
            ),
        )

    def _in_words(self, choice: Any, label: Any) -> str:
        """A choice with its count, a coded word with its meaning."""
        if not isinstance(label, Counted) or str(choice) not in self.facet.words:
            return conditional_escape(str(label))
        return format_html("{} ({})", self.facet.drawn(str(choice)), label.count)

    def _others(self, name: str, chosen: set[str], others: list[tuple[str, Any]], box: str) -> SafeString:
        if not self.facet.is_typed:
            boxes = self._boxes(name, chosen, others)
            return format_html(
                '<details class="facet__more"><summary>{} more</summary>{}</details>', len(others), boxes
            )
        typed = format_html(
            '<label class="facet__box" for="{0}_more">{1} more: type a name</label>'
            '<input type="text" id="{0}_more" name="{2}" list="{0}_names" autocomplete="off">',
            box,
            len(others),
            name,
        )
        if not self.suggests:
            return typed
        options = format_html_join("", '<option value="{}">{}', map(self._option, others))
        return typed + format_html('<datalist id="{}_names">{}</datalist>', box, options)

    def _option(self, choice: tuple[str, Any]) -> tuple[str, Any]:
        """What is typed, and what stands beside it: the name and its count; the key where the name is not its own."""
        value, label = choice
        if isinstance(label, Counted) and self.facet.named(label.name) == value:
            return label.name, label.count
        return value, label


class ChoicesField(forms.MultipleChoiceField):
    """The choices of a facet. Its value are the choices that the address means, each once: by value or by name.

    The box to type into is empty where nothing was typed.
    """

    def __init__(self, facet: "Facet") -> None:
        super().__init__(required=False, label=facet.label, widget=Boxes(facet))
        self.resolved = cache(lambda value: facet.resolved(value) or facet.named(value))

    def to_python(self, value: Any) -> list[str]:
        return [each for each in super().to_python(value) if each.strip()]

    def valid_value(self, value: str) -> bool:
        return self.resolved(value) is not None

    def clean(self, value: Any) -> list[str]:
        return list(dict.fromkeys(found for each in super().clean(value) if (found := self.resolved(each))))
