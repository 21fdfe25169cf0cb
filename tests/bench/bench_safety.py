"""What the safety panel costs the server, with the starter's rules and with ten times as many.

The whole request is measured: login, scoping, facts, rules, and the page's parts made anew.
"""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from tests.bench.bench_engine import dense, grown, sparse
from tests.consultations.made import consulted
from tests.engine.cases import lab, medicine
from treatments.engine import Catalogue

MEDIAN = {
    "starter": Decimal("0.050"),
    "10x-sparse": Decimal("0.150"),
    "10x-dense": Decimal("0.150"),
}
TOLD = {
    "concerns": [
        {"concern": "fine-lines", "area": "face"},
        {"concern": "hair-loss", "area": "scalp"},
        {"concern": "dehydration", "area": "hands"},
    ],
    "conditions": {"pregnancy": "no", "breastfeeding": "no", "atopy": "yes"},
    "no_known_allergies": False,
    "allergies": [{"allergen": "hyaluronic-acid"}],
    "medications": [medicine("ibuprofen", last_taken_on="2026-03-01")],
    "labs": [lab("platelets", 80, "10*9/L")],
}


@pytest.fixture(params=[("starter", None), ("10x-sparse", sparse), ("10x-dense", dense)],
                ids=lambda one: one[0])  # fmt: skip
def size(request, catalogue, monkeypatch):
    """The rules in force, as many as that, for whoever asks for them."""
    name, added = request.param
    if added is not None:
        larger = Catalogue.from_document(grown(catalogue.document, 10, added))
        monkeypatch.setattr("consultations.checking.current_catalogue", lambda: larger)
    return name


@pytest.mark.django_db
def test_safety_panel(benchmark, size, clinic, make_member):
    physician = make_member("physician")
    consultation = consulted(clinic, physician, **TOLD)
    client = Client()
    client.force_login(physician)
    url = reverse("consultations:safety", args=[consultation.pk])

    answer = benchmark.pedantic(client.get, args=[url], rounds=60, warmup_rounds=3)

    assert "rules evaluated" in answer.content.decode()
    assert benchmark.stats.stats.median < MEDIAN[size]
