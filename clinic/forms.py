from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from clinic.text import validate_storable

LONGEST_NAME: Final = 150  # what a name of a user may have
LONGEST_PASSWORD: Final = 4096


class LoginForm(AuthenticationForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Django only tells the browser. A failed login is written down with the name that was
        # sent, so a longer one must not get that far.
        self.fields["username"].validators += [MaxLengthValidator(LONGEST_NAME), validate_storable]
        self.fields["password"].validators.append(MaxLengthValidator(LONGEST_PASSWORD))
        self.helper = FormHelper(self)
        self.helper.add_input(Submit("", _("Log in"), css_class="w-100"))


class PasswordForm(PasswordChangeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.add_input(Submit("", _("Change password")))
