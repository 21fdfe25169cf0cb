"""Every list and form of the admin, with addresses and values that nobody meant: never a 500."""

import pytest
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import connection
from django.db.models import DateField, ForeignKey, IntegerField, ManyToManyField
from django.forms import ModelChoiceField, ModelMultipleChoiceField
from django.urls import reverse

from clinic.lookups import can_be_held
from clinic.models import AuditEvent, Membership
from clinic.roles import Role
from clinic.service_admin import ServiceAdmin
from treatments.models import Area, Concern, Rule

pytestmark = pytest.mark.django_db

HUGE = "99999999999999999999999"
RELATED = ("", "__exact", "__in", "__gt", "__id__exact", "__id__in")
DAYS = [
    {"year": "1"},
    {"year": "9999"},
    {"year": "9999", "month": "12"},
    {"year": "9999", "month": "12", "day": "31"},
    {"year": "1", "month": "1", "day": "1"},
    {"year": "0"},
    {"year": "9999999999999999999999"},
    {"year": "2026", "month": "13"},
    {"year": "2026", "month": HUGE},
    {"year": "²", "month": "x", "day": "-1"},
    {"month": "1"},
    {"day": HUGE},
]
PAGES = sorted(
    (model for model, page in admin.site._registry.items() if isinstance(page, ServiceAdmin)),
    key=lambda model: model._meta.label,
)
READERS = (Role.CURATOR, Role.ADMINISTRATOR, Role.MEDICAL_LEAD)


def label(model):
    return model._meta.label_lower


def address(model, view="changelist", *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=args)


@pytest.fixture
def opened(client_of):
    """A client of somebody who may open this page; a failure is an answer here."""

    def find(url):
        for role in READERS:
            client = client_of(role)
            client.raise_request_exception = False
            if client.get(url).status_code == 200:
                return client
        return None

    return find


def of_fields(model):
    """What an address may say of each field that numbers or days are compared with."""
    for field in model._meta.get_fields():
        if isinstance(field, ForeignKey | ManyToManyField):
            yield from ({f"{field.name}{lookup}": HUGE} for lookup in RELATED)
            yield from ({field.name: value} for value in ("abc", "²", f"-{HUGE}", "1e400"))
        elif isinstance(field, IntegerField | DateField):
            yield from ({field.name: value} for value in (HUGE, "²"))


def addresses(model):
    yield from of_fields(model)
    hierarchy = admin.site._registry[model].date_hierarchy
    for day in DAYS if hierarchy else ():
        yield {f"{hierarchy}__{part}": value for part, value in day.items()}
    for name in ("p", "o", "all", "_to_field"):
        yield from ({name: value} for value in (HUGE, "²"))


def test_the_walk_sees_the_whole_admin():
    assert len(PAGES) > 40
    assert {page._meta.app_label for page in PAGES} == {"clinic", "treatments", "consultations"}


@pytest.mark.parametrize("model", PAGES, ids=label)
def test_no_address_of_a_list_fails(opened, model):
    client = opened(address(model))

    answers = [(query, client.get(address(model), query)) for query in addresses(model)]

    assert [(query, one.status_code) for query, one in answers if one.status_code >= 500] == []


def test_an_address_that_cannot_be_meant_leads_back_to_the_list(opened):
    client = opened(address(AuditEvent))

    for day in ({"at__year": "9999", "at__month": "12", "at__day": "31"}, {"at__year": HUGE}):
        assert client.get(address(AuditEvent), day)["Location"] == f"{address(AuditEvent)}?e=1"


def test_a_row_that_cannot_be_is_not_found_on_either_database(opened):
    client = opened(address(Area))

    answer = client.get(address(Area), {"parent__id__exact": HUGE})

    assert (answer.status_code, list(answer.context["cl"].result_list)) == (200, [])
    assert not Area.objects.filter(parent__in=[int(HUGE)]).exists()
    assert Area.objects.exclude(parent__in=[int(HUGE)]).count() == Area.objects.count()
    assert Area.objects.filter(pk__in=[int(HUGE), Area.objects.first().pk]).count() == 1
    assert not Concern.objects.filter(statements=int(HUGE)).exists()
    assert can_be_held(Area._meta.get_field("parent"), 1, connection)
    assert can_be_held(Membership._meta.get_field("clinic"), int(HUGE), connection)  # no number


@pytest.mark.parametrize("model", PAGES, ids=label)
def test_no_choice_of_rows_fails(opened, model):
    client = opened(address(model))
    known = client.get(address(model)).context.get("action_form")
    actions = [name for name, _ in known.fields["action"].choices if name] if known else []
    before = model._base_manager.count()

    for name in actions:
        for chosen in ("abc", "²", HUGE, "1e400"):
            sent = {"action": name, "index": "0", ACTION_CHECKBOX_NAME: [chosen]}
            answer = client.post(address(model), sent)
            assert answer.status_code in {200, 302}, (name, chosen)

    assert model._base_manager.count() == before


def test_rows_that_cannot_be_are_as_if_none_were_chosen(opened):
    client = opened(address(Area))
    sent = {"action": "delete_selected", "index": "0", ACTION_CHECKBOX_NAME: ["abc"]}

    answer = client.post(address(Area), sent, follow=True)

    (told,) = answer.context["messages"]
    assert str(told).startswith("Items must be selected")


def choices(form):
    for bound in form:
        if isinstance(bound.field, ModelChoiceField):
            many = isinstance(bound.field, ModelMultipleChoiceField)
            yield bound.html_name, [HUGE] if many else HUGE


@pytest.mark.parametrize("model", PAGES, ids=label)
def test_no_choice_in_a_form_fails(opened, model):
    client = opened(address(model, "add"))
    if client is None:
        return  # nobody adds rows here
    context = client.get(address(model, "add")).context
    if "adminform" not in context:
        return  # a page of its own, without choices of rows
    sent = dict(choices(context["adminform"].form))
    for inline in context["inline_admin_formsets"]:
        prefix = inline.formset.prefix
        sent |= {f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-INITIAL_FORMS": "0"}
        lines = choices(inline.formset.empty_form)
        sent |= {name.replace("__prefix__", "0"): value for name, value in lines}

    answer = client.post(address(model, "add"), sent)

    assert answer.status_code == 200
    wrong = answer.context["adminform"].form.errors
    for name in dict(choices(context["adminform"].form)):
        assert f"{HUGE}" in str(wrong[name]) or "valid choice" in str(wrong[name])


def test_a_line_that_cannot_be_is_no_valid_choice(opened):
    client = opened(address(Rule, "add"))
    url = address(Rule, "change", HUGE)

    assert client.get(url).status_code == 302  # as for every row that is not there
