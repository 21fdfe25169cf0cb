"""Proposals computed again with their own releases, and what is told when one differs."""

import json
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django_scopes import scope, scopes_disabled

from clinic.guards import guards_of, lay, lift
from consultations.models import Proposal
from consultations.services import decisions
from consultations.services.replays import replay, replay_all
from tests.consultations import changing
from tests.consultations.api import flow
from tests.consultations.made import LOW_PLATELETS, proposed, signed
from treatments.compiler import current

pytestmark = pytest.mark.django_db


@pytest.fixture
def elsewhere(make_member, other_clinic):
    return make_member("physician", at=other_clinic)


@pytest.fixture
def three(clinic, physician, other_clinic, elsewhere):
    """An open one, a signed one elsewhere, and one with an override, under two releases."""
    first = proposed(clinic, physician)
    second = signed(other_clinic, elsewhere, **changing.IBUPROFEN).proposal
    changing.wait_longer()
    changing.publish_as("2026.2")
    third = overridden(clinic, physician)
    return [first, second, third]


def overridden(clinic, by):
    proposal = proposed(clinic, by, **LOW_PLATELETS)
    with scope(clinic=clinic):
        return decisions.override_rule(
            proposal.consultation,
            rule="L-08b",
            area="face",
            treatment="prp",
            reason="condition-stable",
            text="Seen by the haematologist.",
            by=by,
        )


def tamper(table, row, **values):
    """Change a stored row as somebody would who owns the database."""
    guards = [*guards_of("consultations"), *guards_of("treatments")]
    connection.check_constraints()  # no trigger goes while the database still has one to fire
    lift(guards, using="default")
    key = row.pk.hex if connection.vendor == "sqlite" and hasattr(row.pk, "hex") else row.pk
    try:
        with connection.cursor() as cursor:
            for name, value in values.items():
                cursor.execute(f"UPDATE {table} SET {name} = %s WHERE id = %s", [value, str(key)])
                assert cursor.rowcount == 1
        connection.check_constraints()
    finally:
        lay(guards, using="default")


def different():
    return {
        one.proposal.pk: [part.path for part in one.differences]
        for one in replay_all()
        if not one.equal
    }


def test_every_proposal_of_every_clinic_is_computed_again(three):
    replays = list(replay_all())

    with scopes_disabled():
        assert len(replays) == Proposal.objects.count() == 4
    assert {one.proposal.release.key for one in replays} == {"2026.1", "2026.2"}
    assert all(one.equal for one in replays)


def test_command_proves_the_whole_database(three, capsys):
    call_command("replay", all=True)

    assert "4 proposals computed again, all equal byte for byte." in capsys.readouterr().out


def test_a_changed_response_is_named(three, capsys):
    victim = three[1]
    answer = json.loads(victim.response)
    answer["areas"][0]["treatments"][0]["not_before"] = "2026-03-03"
    text = json.dumps(answer, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    tamper("consultations_proposal", victim, response=text)

    assert different() == {victim.pk: ["response.areas[0].treatments[0].not_before"]}
    with pytest.raises(CommandError, match="1 of 4 proposals differ") as refused:
        call_command("replay", all=True)

    assert refused.value.returncode == 1
    out = capsys.readouterr().out
    assert f"proposal {victim.pk}, release 2026.1:" in out
    assert 'not_before: stored "2026-03-03", computed "2026-03-08"' in out


@pytest.mark.parametrize(
    ("column", "change", "path"),
    [
        ("receipt", lambda text: text[:-1] + "x", "proposal.receipt"),
        ("status", lambda text: "refer", "proposal.status"),
        ("response", lambda text: f"{text} ", "response"),
        ("request", lambda text: text.replace(",", ", ", 1), "request"),
        ("request", lambda text: text.replace('"no"', '"yes"', 1), "response.status"),
        ("request", lambda text: "{}", "request.consulted_on"),
        ("request", lambda text: "not json", ""),
        ("response", lambda text: "", ""),
        ("overrides", lambda _rows: "[]", "response.overridden"),
    ],
)
def test_whatever_is_changed_is_found(three, column, change, path):
    victim = three[2]
    tamper("consultations_proposal", victim, **{column: change(getattr(victim, column))})

    found = different()

    assert set(found) == {victim.pk}
    assert path in found[victim.pk]


def test_a_damaged_release_is_found_in_all_that_rest_on_it(three):
    release = three[0].release
    tamper(
        "treatments_release", release, body=release.body.replace('"wait_days":7', '"wait_days":8')
    )
    current._compiled.clear()

    found = different()
    current._compiled.clear()

    assert set(found) == {three[0].pk, three[1].pk}


def test_one_proposal_by_its_id(three, capsys):
    call_command("replay", str(three[1].pk))
    assert "1 proposals computed again" in capsys.readouterr().out

    with pytest.raises(CommandError, match="no such proposal"):
        call_command("replay", str(uuid.uuid4()))


def test_command_wants_to_know_which():
    with pytest.raises(CommandError):
        call_command("replay")


def test_a_batch_after_another(clinic, physician, monkeypatch):
    monkeypatch.setattr("consultations.services.replays.BATCH", 2)
    made = {proposed(clinic, physician).pk for _number in range(5)}

    replays = [one.proposal.pk for one in replay_all()]

    assert len(replays) == 5
    assert set(replays) == made


def test_program_asks_for_a_proof(api_of):
    api = api_of("physician")
    proposal = flow.proposal(api)

    answer = flow.done(api.get(f"/api/v1/proposals/{proposal['id']}/replay/"))

    assert answer == {
        "equal": True,
        "receipt": proposal["receipt"],
        "release": "2026.1",
        "differences": [],
    }


def test_program_is_told_what_differs(api_of, clinic):
    api = api_of("physician")
    proposal = flow.proposal(api)
    with scope(clinic=clinic):
        row = Proposal.objects.get(pk=proposal["id"])
    tamper("consultations_proposal", row, status="refer")

    answer = flow.done(api.get(f"/api/v1/proposals/{proposal['id']}/replay/"))

    assert answer["equal"] is False
    assert answer["differences"] == [
        {"path": "proposal.status", "stored": "refer", "computed": "evaluated"}
    ]


def test_replay_keeps_the_stored_row(clinic, physician):
    proposal = proposed(clinic, physician)
    before = (proposal.request, proposal.response, proposal.receipt)

    assert replay(proposal).equal
    proposal.refresh_from_db(fields=["request", "response", "receipt"])
    assert (proposal.request, proposal.response, proposal.receipt) == before
