"""The admin of the people at the desk: who they are, which roles they have, and the public name they agreed to."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import ReadOnlyPasswordHashField, ReadOnlyPasswordHashWidget, UserChangeForm
from django.contrib.auth.hashers import is_password_usable
from django.contrib.auth.models import Group, User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from evaltracker.actions.second_factor import has_factor
from labs.actions.signatures import set_public_name
from labs.admin.shown_again import ShowsAgain
from labs.models import Signature
from labs.rules.text import one_line

admin.site.unregister(User)
admin.site.unregister(Group)


class PasswordWidget(ReadOnlyPasswordHashWidget):
    """Says whether there is a password, with a button that sets one. Django's widget also shows part of the hash."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        summary = [{"label": "set" if value and is_password_usable(value) else "none: they cannot sign in"}]
        return {**super().get_context(name, value, attrs), "summary": summary}


class PersonForm(UserChangeForm):
    password = ReadOnlyPasswordHashField(widget=PasswordWidget)


@admin.register(User)
class PersonAdmin(ShowsAgain, UserAdmin):
    """Administrators give people roles, and deactivate people who leave. Nobody is deleted: the history names them.

    Nobody can give single permissions or superuser status here, and nobody can change their own roles. No program can
    stop an administrator from giving a role to a second account of their own, so the log of each person says who gave
    or took which role, and who set a password.
    """

    form = PersonForm
    list_display = ("username", "first_name", "last_name", "role_names", "shown_as", "is_active")
    list_filter = ("groups", "is_active", "is_superuser")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password", "second_factor")}),
        ("Person", {"fields": ("first_name", "last_name", "email", "shown_as")}),
        (
            "Role",
            {
                "fields": ("groups", "is_active", "is_staff"),
                "description": "Researchers enter and propose, editors decide about what others propose, "
                "administrators look after people. Nobody can change their own roles: an administrator who is to be an "
                "editor as well gets that role from another administrator. The history of each person says who gave or "
                "took which role. If somebody leaves, untick “active”. Nobody is deleted, because the history of the "
                "records names them.",
            },
        ),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "usable_password", "password1", "password2")}),
        ("Person", {"classes": ("wide",), "fields": ("first_name", "last_name", "email")}),
        ("Role", {"classes": ("wide",), "fields": ("groups",)}),
    )
    readonly_fields = ("last_login", "date_joined", "shown_as", "second_factor")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("signature").prefetch_related("groups")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """As declared, without the password where this user may not set it."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return ((None, {"fields": ("username",)}), *fieldsets[1:])

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["widget"] = forms.CheckboxSelectMultiple()
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        field.help_text = ""
        return field

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Sequence[str]:
        own = ("groups", "is_active", "is_staff") if obj is not None and obj.pk == request.user.pk else ()
        return (*super().get_readonly_fields(request, obj), *own)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only superusers can change a superuser: whoever sets their password could sign in as one."""
        is_out_of_reach = obj is not None and obj.is_superuser and not request.user.is_superuser
        return super().has_change_permission(request, obj) and not is_out_of_reach

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        if not change:
            obj.is_staff = True  # everybody who is entered here works at the desk
        super().save_model(request, obj, form, change)

    def construct_change_message(
        self, request: HttpRequest, form: forms.ModelForm, formsets: Any, add: bool = False
    ) -> Any:
        """As Django's, but with the names of the roles: the log says which roles changed, not only that they did."""
        message = super().construct_change_message(request, form, formsets, add)
        if "groups" not in form.changed_data:
            return message
        before, after = form.initial.get("groups") or [], form.cleaned_data["groups"]
        roles = f"roles from {_role_names(before)} to {_role_names(after)}"
        if add:
            return [*message, {"changed": {"fields": [roles]}}]
        fields = [name for name in message[0]["changed"]["fields"] if name != form.fields["groups"].label]
        return [{"changed": {"fields": [*fields, roles]}}, *message[1:]]

    @admin.display(description="roles")
    def role_names(self, person: User) -> str:
        return ", ".join(group.name for group in person.groups.all()) or (
            "superuser" if person.is_superuser else "none"
        )

    @admin.display(description="second factor")
    def second_factor(self, person: User) -> str:
        state = "set up" if has_factor(person) else "none"
        return format_html('{} (<a href="{}">reset</a>)', state, reverse("admin:reset_factor", args=[person.pk]))

    @admin.display(description="shown in public as")
    def shown_as(self, person: User) -> str:
        signature = getattr(person, "signature", None)
        return f"“{signature.name}”" if signature else "the role only"


def _role_names(groups: Iterable[Group]) -> str:
    return " and ".join(sorted(group.name for group in groups)) or "none"


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """Roles can only be looked at: a migration says what each role may do."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return False


class SignatureForm(forms.Form):
    """The public name of the signed-in person."""

    name = forms.CharField(
        label="Show me in public as",
        required=False,
        max_length=Signature._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "name"}),
        help_text="Each record that you check says “Checked by …, an editor”, or “Checked by an editor” if this is "
        "empty. You can take it back at any time; your name then disappears from every page.",
    )

    def clean_name(self) -> str:
        return " ".join(one_line(self.cleaned_data["name"]).split())


def my_name_page(request: HttpRequest) -> HttpResponse:
    """Agree to be named in public, or take it back. Nobody can do it for somebody else."""
    signature = Signature.objects.filter(person=request.user).first()
    form = SignatureForm(request.POST or None, initial={"name": signature.name if signature else ""})
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        set_public_name(person=request.user, name=name)
        if name:
            messages.success(request, f"From now on the public pages show you as “{name}”.")
        else:
            messages.success(request, "The public pages now show only your role.")
        return HttpResponseRedirect(reverse("admin:my_name"))
    context = {**admin.site.each_context(request), "title": "Your name in public", "form": form, "is_refused": True}
    return TemplateResponse(request, "admin/my_name.html", context)
