"""The flow over REST, as a program walks it."""

from datetime import timedelta

from django.utils import timezone

from tests.conftest import PASSWORD

PATIENTS = "/api/v1/patients/"
CONSULTATIONS = "/api/v1/consultations/"
PROPOSALS = "/api/v1/proposals/"
PLANS = "/api/v1/plans/"
AMENDMENTS = "/api/v1/amendments/"
SESSIONS = "/api/v1/sessions/"
OVERRIDES = "/api/v1/overrides/"
EVENTS = "/api/v1/adverse-events/"
QUESTIONS = "/api/v1/questions/"
MAP_NOTES = "/api/v1/map-notes/"

PERSON = {
    "family_name": "Aksoy",
    "given_name": "Deniz",
    "sex": "female",
    "birth_date": "1980-05-04",
}

NOTE = {"view": "face", "x": 0.41, "y": 0.55, "area": "cheeks", "text": "A scar: spare it."}


def facts(**changes):
    """A woman with fine lines of the face and nothing against any treatment."""
    plain = {
        "consulted_on": timezone.localdate().isoformat(),
        "concerns": [{"concern": "fine-lines", "area": "face"}],
        "conditions": {"pregnancy": "no", "breastfeeding": "no"},
        "no_known_allergies": True,
        "medications_reviewed": True,
    }
    return {**plain, **changes}


def made(response):
    assert response.status_code == 201, response.content
    return response.json()


def done(response):
    assert response.status_code == 200, response.content
    return response.json()


def patient(api, **changes):
    return made(api.post(PATIENTS, {**PERSON, **changes}))


def consultation(api, *, of=None, **changes):
    who = of or patient(api)["id"]
    return made(api.post(CONSULTATIONS, {"patient": who, "facts": facts(**changes)}))


def proposal(api, *, of=None):
    which = of or consultation(api)["id"]
    return made(api.post(f"{CONSULTATIONS}{which}/propose/"))


def decision(api, *, on=None, **changes):
    which = on or proposal(api)["id"]
    return done(api.post(f"{PROPOSALS}{which}/decide/", choice(api, on=which, **changes)))


def choice(api, *, on, **changes):
    """A decision that acknowledges all that its option carries."""
    body = {"area": "face", "verdict": "accepted", "option_number": 1, **changes}
    points = done(api.get(f"{PROPOSALS}{on}/"))["to_acknowledge"]
    own = [body["area"], body["option_number"]]
    (codes,) = [one["codes"] for one in points if [one["area"], one["option_number"]] == own]
    return {"acknowledged": codes, **body}


def plan(api):
    """Signed, and today."""
    found = proposal(api)
    decision(api, on=found["id"])
    consents(api, on=found["consultation"])
    return signed(api, on=found["consultation"])


def consents(api, *, on):
    """The patient reads and signs all that the decisions of a consultation need."""
    path = f"{CONSULTATIONS}{on}/"
    return [
        consent(api, on=on, treatment=one["treatment"])
        for one in done(api.get(f"{path}consents/"))
        if one["state"] != "given"
    ]


def consent(api, *, on, treatment, **changes):
    path, language = f"{CONSULTATIONS}{on}/", changes.get("language", "en")
    asked = f"{path}consent-text/?treatment={treatment}&language={language}"
    read = done(api.get(asked))["digest"]
    body = {"treatment": treatment, "language": language, "read": read, "name": "Deniz Aksoy"}
    return made(api.post(f"{path}consent/", {**body, **changes}))


def signed(api, *, on):
    return made(api.post(f"{CONSULTATIONS}{on}/sign/", {"password": PASSWORD}))


def override(api):
    """Of L-08b, which keeps plasma back with that count; a new proposal is made with it."""
    count = {"test": "platelets", "value": 80, "unit": "10*9/L", "taken_on": days_on(-1)}
    which = proposal(api, of=consultation(api, labs=[count])["id"])["consultation"]
    body = {
        "rule": "L-08b",
        "area": "face",
        "treatment": "prp",
        "reason": "specialist-agrees",
        "text": "Seen with haematology.",
    }
    made(api.post(f"{CONSULTATIONS}{which}/override/", body))
    (row,) = done(api.get(OVERRIDES, {"consultation": which}))["results"]
    return row


def question(api):
    """Whether mesotherapy goes beside warfarin (S-08)."""
    taken = [{"medication": "warfarin", "prescribed": True, "ongoing": True}]
    which = proposal(api, of=consultation(api, medications=taken)["id"])["consultation"]
    body = {
        "consultation": which,
        "rule": "S-08",
        "places": [{"area": "face", "treatment": "mesotherapy"}],
        "text": "Is there anything against it?",
    }
    (row,) = made(api.post(QUESTIONS, body))
    return row


def note(api, *, on, **changes):
    return made(api.post(f"{CONSULTATIONS}{on}/map-notes/", {**NOTE, **changes}))


def event(api, *, of, **changes):
    """Swelling after the first treatment of a plan, today."""
    (item, *_others) = of["sessions"][0]["items"]
    body = {
        "plan": of["id"],
        "treatment": item["treatment"],
        "area": item["area"],
        "what": "Swelling, gone the next day.",
        "seriousness": "mild",
        "onset_on": timezone.localdate().isoformat(),
        "outcome": "recovered",
    }
    return made(api.post(EVENTS, {**body, **changes}))


def amendment(api, *, on, **changes):
    wrong = {"reason": "recorded-wrongly", "text": "The dose was another."}
    body = {**wrong, "password": PASSWORD, **changes}
    return made(api.post(f"{CONSULTATIONS}{on}/amend/", body))


def problems(response):
    return [(one["path"], one["code"]) for one in response.json()["errors"]]


def days_on(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()
