"""People, clinics, tokens and the audit trail: each administrator sees their own clinic's."""

import json
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.admin_forms import (
    ClinicForm,
    MembershipAddForm,
    PasswordForm,
    PersonAddForm,
    PersonForm,
    TokenForm,
)
from clinic.models import ApiToken, AuditEvent, Clinic, ClosedDay, Membership, User
from clinic.permissions import actor, allowed
from clinic.roles import Action, Role
from clinic.scoping import membership_of
from clinic.service_admin import ReadOnlyAdmin, RoleGate, ServiceAdmin
from clinic.services import save_clinic, save_membership, save_user
from clinic.tokens import issue_token, revoke_token

admin.site.unregister(Group)  # what people may do comes from roles


def own_clinic(request: HttpRequest) -> Clinic | None:
    membership = membership_of(request)
    return membership.clinic if membership else None


class MembershipInline(RoleGate, admin.TabularInline):
    """The person's role in the administrator's own clinic; other clinics are not shown."""

    view_action = add_action = change_action = Action.MANAGE_MEMBERS
    model = Membership
    fields = ("role", "performer", "is_active")
    extra = 0
    min_num = 1
    max_num = 1

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).filter(clinic=own_clinic(request))

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, validate_min=True, validate_max=True, **kwargs)


class RoleFilter(admin.SimpleListFilter):
    """By the role in the administrator's own clinic."""

    title = gettext_lazy("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return Role.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(role_here=self.value()) if self.value() else queryset


@admin.register(User)
class PersonAdmin(ServiceAdmin, UserAdmin):
    view_action = add_action = change_action = Action.MANAGE_MEMBERS
    add_form_template = "admin/change_form.html"
    form = PersonForm
    add_form = PersonAddForm
    change_password_form = PasswordForm
    inlines = (MembershipInline,)
    list_display = ("username", "last_name", "first_name", "role", "is_active", "last_login")
    list_filter = (RoleFilter, "is_active")
    search_fields = ("username", "first_name", "last_name", "email")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password", "is_active")}),
        (None, {"fields": ("first_name", "last_name", "email", "last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "password1", "password2")}),
        (None, {"fields": ("first_name", "last_name", "email")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        here = Membership.objects.filter(user=OuterRef("pk"), clinic=own_clinic(request))
        rows = super().get_queryset(request).filter(Exists(here))
        people: QuerySet = rows.annotate(role_here=Subquery(here.values("role")[:1]))
        return people

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An account that opens another clinic too is not for this clinic to take over."""
        may = super().has_change_permission(request, obj)
        elsewhere = ~Q(clinic=own_clinic(request))
        return may and (obj is None or not obj.memberships.filter(elsewhere).exists())

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001
        """Stored in ``save_related``, together with the person's role."""

    def save_related(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        change: bool,  # noqa: FBT001
    ) -> None:
        save_user(form.instance, by=actor(request), fields=form.changed_data)
        for formset in formsets:
            formset.save(commit=False)
            for line in formset.saved_forms:
                line.instance.clinic = own_clinic(request)
                save_membership(line.instance, by=actor(request), fields=line.changed_data)

    @admin.display(description=gettext_lazy("role"), ordering="role_here")
    def role(self, user: Any) -> str:
        return str(dict(Role.choices).get(user.role_here, "-"))


@admin.register(Membership)
class MembershipAdmin(ServiceAdmin):
    view_action = add_action = change_action = Action.MANAGE_MEMBERS
    list_display = ("user", "role", "performer", "is_active")
    list_filter = ("role", "is_active")
    list_select_related = ("user", "clinic")
    search_fields = ("user__username", "user__first_name", "user__last_name")
    fields = ("user", "role", "performer", "is_active")
    readonly_fields = ("user",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).filter(clinic=own_clinic(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ("username", "role", "performer")

    def get_form(  # type: ignore[override]
        self, request: HttpRequest, obj: Any = None, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = MembershipAddForm
        return super().get_form(request, obj, **kwargs)

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:  # noqa: FBT001
        if not change:
            obj.clinic = own_clinic(request)  # type: ignore[assignment]
        save_membership(obj, by=actor(request), fields=form.changed_data)


class ClosedDayInline(RoleGate, admin.TabularInline):
    view_action = add_action = change_action = delete_action = Action.MANAGE_MEMBERS
    model = ClosedDay
    extra = 0


@admin.register(Clinic)
class ClinicAdmin(ServiceAdmin):
    view_action = change_action = Action.MANAGE_MEMBERS
    form = ClinicForm
    inlines = (ClosedDayInline,)
    list_display = ("name", "code", "timezone")
    search_fields = ("name", "code")
    fields = ("code", "name", "timezone", "closed_weekdays")
    readonly_fields = ("code",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        clinic = own_clinic(request)
        return super().get_queryset(request).filter(pk=clinic.pk if clinic else None)

    def save_model(self, request: HttpRequest, obj: Clinic, form: Any, change: bool) -> None:  # noqa: FBT001
        """Stored in ``save_related``, together with the closed days."""

    def save_related(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        change: bool,  # noqa: FBT001
    ) -> None:
        days, removed = [], []
        for formset in formsets:
            days += formset.save(commit=False)
            removed += formset.deleted_objects
        save_clinic(
            form.instance, by=actor(request), days=days, removed=removed, fields=form.changed_data
        )


@admin.register(ApiToken)
class ApiTokenAdmin(ServiceAdmin):
    """A token's text is shown on the page that answers its making, and nowhere else."""

    view_action = add_action = Action.MANAGE_MEMBERS
    form = TokenForm
    list_display = ("name", "prefix", "user", "access", "created_at", "expires_at", "revoked_at")
    list_filter = ("access", "expires_at", "revoked_at")
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "user__username")
    actions = ("revoke",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).filter(clinic=own_clinic(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.list_display if obj else ("name", "user", "access", "days")

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """A token is for a member of this clinic."""
        kwargs["queryset"] = User.objects.filter(
            memberships__clinic=own_clinic(request), memberships__is_active=True
        )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: Any, obj: ApiToken, form: Any, change: bool) -> None:  # noqa: FBT001
        token, text = issue_token(
            obj.user,
            clinic=own_clinic(request),  # type: ignore[arg-type]
            name=obj.name,
            by=actor(request),
            access=obj.access,
            lifetime=form.lifetime,
        )
        obj.pk = token.pk
        request.token_text = text

    def response_add(
        self, request: Any, obj: ApiToken, post_url_continue: Any = None
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("The token “%(name)s” is made") % {"name": obj.name},
            "opts": self.opts,
            "text": request.token_text,
        }
        return TemplateResponse(request, "admin/clinic/apitoken/made.html", context)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return allowed(request, Action.MANAGE_MEMBERS)

    @admin.action(permissions=["revoke"], description=gettext_lazy("Revoke the chosen tokens"))
    def revoke(self, request: HttpRequest, queryset: QuerySet) -> None:
        for token in queryset:
            revoke_token(token, by=actor(request))
        self.message_user(request, _("The chosen tokens are revoked."), messages.SUCCESS)


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    view_action = Action.VIEW_AUDIT
    list_display = (
        "at",
        "actor_name",
        "token",
        "action",
        "subject_type",
        "outcome",
        "channel",
        "request_id",
    )
    list_filter = (
        "outcome",
        "channel",
        ("token", admin.EmptyFieldListFilter),
        ("action", admin.AllValuesFieldListFilter),
    )
    search_fields = ("=request_id", "actor_name", "=patient", "=subject", "=token")
    date_hierarchy = "at"
    fields = (
        "at",
        "actor_name",
        "token",
        "action",
        "outcome",
        "subject_type",
        "subject",
        "patient",
        "channel",
        "request_id",
        "in_words",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        clinic = own_clinic(request)
        return super().get_queryset(request).filter(clinic=clinic.pk if clinic else None)

    @admin.display(description=gettext_lazy("detail"))
    def in_words(self, event: AuditEvent) -> str:
        return format_html("<pre>{}</pre>", json.dumps(event.detail, indent=2, sort_keys=True))
