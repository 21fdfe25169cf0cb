"""The prescriber's answer, and an override taken back, as a program goes about it."""

from django.utils import timezone

from tests.consultations.api import flow


def answer(api, question, **changes):
    body = {
        "answer": "agreed",
        "prescriber": "Dr Levent Arslan",
        "answered_on": timezone.localdate().isoformat(),
        **changes,
    }
    return api.post(f"{flow.QUESTIONS}{question['id']}/answer/", body)


def test_asked_answered_and_proposed_anew(api_of):
    api = api_of("physician")
    question = flow.question(api)
    assert (question["answer"], question["grounds"]) == ("", ["medications:warfarin"])
    waiting = {"open": "true"}
    assert len(flow.done(api.get(flow.QUESTIONS, waiting))["results"]) == 1

    kept = flow.done(answer(api, question))

    assert kept["question"]["prescriber"] == "Dr Levent Arslan"
    assert kept["proposal"]["agreements"] == [["S-08", "face", "mesotherapy"]]
    assert kept["proposal"]["response"]["areas"][0]["options"]
    assert flow.done(api.get(flow.QUESTIONS, waiting))["results"] == []
    again = answer(api, question)
    assert (again.status_code, flow.problems(again)) == (409, [("", "answered")])


def test_what_is_wrong_with_an_answer_is_named(api_of):
    api = api_of("physician")
    question = flow.question(api)

    response = answer(api, question, answer="maybe", prescriber="", answered_on="tomorrow")

    assert response.status_code == 400
    assert {path for path, _code in flow.problems(response)} == {
        "answer",
        "prescriber",
        "answered_on",
    }


def test_a_question_is_taken_back(api_of):
    api = api_of("physician")
    question = flow.question(api)

    response = api.post(f"{flow.QUESTIONS}{question['id']}/withdraw/")

    assert response.status_code == 204
    assert api.get(f"{flow.QUESTIONS}{question['id']}/").status_code == 404


def test_an_override_is_taken_back(api_of):
    api = api_of("physician")
    override = flow.override(api)

    proposal = flow.made(api.post(f"{flow.OVERRIDES}{override['id']}/withdraw/"))

    assert proposal["overrides"] == []
    assert flow.done(api.get(flow.OVERRIDES))["results"] == []


def test_an_override_is_taken_back_by_a_role_that_may(api_of):
    override = flow.override(api_of("physician"))

    response = api_of("nurse").post(f"{flow.OVERRIDES}{override['id']}/withdraw/")

    assert response.status_code == 403
