"""Drafts for tests that do not look at pages."""

from clinic.models import User
from treatments.models import Draft, Rule
from treatments.services.drafts import submit_for_review
from treatments.services.editing import RowEdit, save_edit
from treatments.services.linting import lint_rows


def edited(by, code="S-07", **values):
    """The open draft after one edit of a rule; without values its title changes."""
    rule = Rule.objects.get(code=code)
    for name, value in (values or {"title": "Painkillers before mesotherapy"}).items():
        setattr(rule, name, value)
    save_edit(RowEdit(row=rule), by=by)
    return Draft.objects.get(is_open=True)


def in_review(by, **values):
    draft = edited(by, **values)
    return submit_for_review(draft, by=by, acknowledged=[one.id for one in lint_rows()])


def somebody():
    """Whose edit it is where a test does not care; since the first release each has an author."""
    return User.objects.get_or_create(username="somebody")[0]
