"""Forms of the admin pages on people, clinics and tokens."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    AdminUserCreationForm,
    UserChangeForm,
)
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from clinic.models import ApiToken, Clinic, Membership, User
from clinic.services import set_password
from clinic.tokens import DEFAULT_LIFETIME, LONGEST_LIFETIME


class PersonAddForm(AdminUserCreationForm):
    """A new person with a password of at least twelve characters."""

    usable_password = None  # type: ignore[assignment]

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email")


class PersonForm(UserChangeForm):
    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "is_active")


class PasswordForm(AdminPasswordChangeForm):
    """A new password, stored by the service that also leaves an audit event."""

    usable_password = None

    def set_password_and_save(self, user: User, **_fields: Any) -> User:
        return set_password(user, self.cleaned_data["password1"], by=None)


class ClinicForm(forms.ModelForm):
    closed_weekdays = forms.TypedMultipleChoiceField(
        label=_("Closed weekdays"),
        required=False,
        coerce=int,
        choices=[(number + 1, name) for number, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Clinic
        fields = ("name", "timezone", "closed_weekdays")


class MembershipAddForm(forms.ModelForm):
    """A role for somebody who already has an account, found by their exact username."""

    username = forms.CharField(
        label=_("Username"),
        max_length=150,
        help_text=_("Of somebody who has an account already. New people are added under Users."),
    )

    class Meta:
        model = Membership
        fields = ("role", "performer")

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        user = User.objects.filter(username=name).first()
        if user is None:
            raise ValidationError(_("Nobody has this username."))
        self.instance.user = user
        return name


class TokenForm(forms.ModelForm):
    days = forms.IntegerField(
        label=_("Good for, days"),
        min_value=1,
        max_value=LONGEST_LIFETIME.days,
        initial=DEFAULT_LIFETIME.days,
    )

    class Meta:
        model = ApiToken
        fields = ("name", "user", "access")

    @property
    def lifetime(self) -> timedelta:
        return timedelta(days=self.cleaned_data["days"])
