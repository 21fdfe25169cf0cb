"""Pages about the person and the program itself: account, clinics, what to say when it fails."""

from typing import cast

from axes.handlers.proxy import AxesProxyHandler
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.i18n import set_language
from django_htmx.http import HttpResponseClientRedirect

from clinic import services
from clinic.failures import typed_in
from clinic.forms import LoginForm, PasswordForm
from clinic.models import Membership
from clinic.permissions import actor
from clinic.scoping import SESSION_KEY


@method_decorator(login_not_required, name="dispatch")
class Login(LoginView):
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """A fragment of a page that needs a login sends the whole page here."""
        if getattr(request, "htmx", False):
            return HttpResponseClientRedirect(reverse("login"))
        return cast("HttpResponse", super().dispatch(request, *args, **kwargs))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """While the login rests, tries are turned away unheard: nothing more is written down."""
        name = {"username": request.POST.get("username", "")}
        self.resting = AxesProxyHandler.is_locked(request, name)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        answer = super().form_valid(form)
        services.record_login(actor(self.request))
        return answer

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        if not self.resting:
            services.record_failed_login(form.data.get("username", ""))
        return super().form_invalid(form)


class Logout(LogoutView):
    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.user.is_authenticated:
            services.record_logout(actor(request))
        return super().post(request, *args, **kwargs)


class PasswordChange(PasswordChangeView):
    form_class = PasswordForm
    success_url = reverse_lazy("account")

    def form_valid(self, form: PasswordForm) -> HttpResponse:  # type: ignore[override]
        user = actor(self.request)
        services.set_password(user, form.cleaned_data["new_password1"], by=user)
        update_session_auth_hash(self.request, user)  # this session stays, all others end
        messages.success(self.request, _("Your password is changed."))
        return redirect(self.get_success_url())


choose_language = login_not_required(set_language)


def account(request: HttpRequest) -> HttpResponse:
    memberships = Membership.objects.filter(user=actor(request), is_active=True)
    context = {"memberships": memberships.select_related("clinic").order_by("clinic__name")}
    return render(request, "clinic/account.html", context)


@require_POST
def switch_clinic(request: HttpRequest) -> HttpResponse:
    """Speak for another of one's clinics from now on."""
    mine = Membership.objects.filter(user=actor(request), is_active=True).select_related("clinic")
    wanted = request.POST.get("membership", "")
    chosen = next((row for row in mine if str(row.pk) == wanted), None)
    if chosen is None:
        raise Http404
    request.session[SESSION_KEY] = str(chosen.clinic_id)
    messages.success(request, _("You now work in %(clinic)s.") % {"clinic": chosen.clinic})
    return redirect("consultations:today")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form came without its token, mostly because the session ended. Nothing typed is lost."""
    context = {"typed": typed_in(request), "reason": reason}
    return render(request, "403_csrf.html", context, status=403)
