"""A number is stored as it was written, or not at all; and it ends where both databases hold it."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import IntegerField

from treatments.models import Area, Protocol, Rule, RuleClause
from treatments.models.numbers import LARGEST, WholeNumberField
from treatments.services.catalogue_rows import models_in_order
from treatments.services.merging import children_of
from treatments.services.plain_values import value_for

WAIT = Rule._meta.get_field("wait_days")
PLANNED = Protocol._meta.get_field("planned")
BELOW = RuleClause._meta.get_field("value_below")
ACTIVE = Area._meta.get_field("active")
NAME = Area._meta.get_field("name")


@pytest.mark.parametrize(
    ("field", "value", "read"),
    [
        (WAIT, 14, 14),
        (WAIT, "14", 14),
        (WAIT, -1, -1),  # for the row to refuse
        (WAIT, None, None),
        (BELOW, 50, Decimal(50)),
        (BELOW, 0.1, Decimal("0.1")),
        (BELOW, "50.5", Decimal("50.5")),
        (BELOW, "-3", Decimal(-3)),
        (BELOW, None, None),
        (ACTIVE, True, True),
        (ACTIVE, False, False),
        (NAME, "Knee", "Knee"),
    ],
)
def test_what_is_written_plainly_is_read(field, value, read):
    found = value_for(field, value)

    assert (found, type(found)) == (read, type(read))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(
            (WAIT, v)
            for v in (14.9, 14.0, True, "1_4", " 14", "14.0", "\u0661\u0664", "", "+1", [], {})
        ),
        *((WAIT, "9" * n) for n in (41, 5000)),
        (PLANNED, None),
        *((BELOW, v) for v in (True, "1e3", "1_4", ".5", "5.", "NaN", "\u0665", " 5", "", [])),
        *((ACTIVE, v) for v in (1, 0, "true", "True", "t", "1", None, "")),
        *((NAME, v) for v in (7, True, None, [])),
    ],
)
def test_what_would_become_another_value_is_refused(field, value):
    with pytest.raises(ValidationError) as refused:
        value_for(field, value)

    assert refused.value.code == "type"


def whole_numbers():
    for model in models_in_order():
        kinds = [model, *(relation.related_model for relation in children_of(model).values())]
        for kind in kinds:
            for field in kind._meta.concrete_fields:
                if isinstance(field, IntegerField) and not field.primary_key and field.editable:
                    yield kind, field


def test_every_whole_number_that_curators_write_has_the_same_end():
    found = dict.fromkeys(whole_numbers())

    assert len(found) > 40
    assert [str(field) for _, field in found if not isinstance(field, WholeNumberField)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("number", [-1, LARGEST + 1])
def test_the_database_keeps_the_end_too(number):
    tried = 0
    for model, field in dict.fromkeys(whole_numbers()):
        if (row := model._default_manager.first()) is not None:
            tried += 1
            with pytest.raises(IntegrityError), transaction.atomic():
                model._default_manager.filter(pk=row.pk).update(**{field.name: number})
    assert tried > 40


@pytest.mark.django_db
def test_the_largest_number_is_kept():
    assert Area.objects.filter(code="knee").update(position=LARGEST) == 1
    with pytest.raises(ValidationError) as refused:
        Area(code="x", name="X", position=LARGEST + 1).full_clean()
    assert set(refused.value.message_dict) == {"position"}
