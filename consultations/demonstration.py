"""The people of the demonstration clinic. All are invented."""

# ruff: noqa: RUF001 - names as people write them

from typing import Any

from clinic.roles import Role

PASSWORD = "consilium-demo-1"  # noqa: S105 - printed for everybody to use
CLINIC = {"code": "demo", "name": "Demo Clinic", "timezone": "Europe/Istanbul"}

# username, first name, last name, role, performs as
PEOPLE = (
    ("physician", "Elif", "Aydın", Role.PHYSICIAN, "specialist-physician"),
    ("nurse", "Nikos", "Papadakis", Role.NURSE, "nurse"),
    ("frontdesk", "Sara", "Moradi", Role.FRONT_DESK, ""),
    ("curator", "Deniz", "Kaplan", Role.CURATOR, ""),
    ("lead", "Maria", "Georgiou", Role.MEDICAL_LEAD, "specialist-physician"),
    ("admin", "Jonas", "Weber", Role.ADMINISTRATOR, ""),
    ("integration", "Booking", "Program", Role.INTEGRATION, ""),
)

# number, family name, given name, sex, birth date, phone
PATIENTS = (
    ("00001", "Yılmaz", "Ayşe", "female", "1979-03-14", "+90 532 000 01 01"),
    ("00002", "Işık", "İsmail", "male", "1988-11-02", "+90 532 000 01 02"),
    ("00003", "Çağlar", "Gülşen", "female", "1994-07-21", "+90 532 000 01 03"),
    ("00004", "Παπαδοπούλου", "Ελένη", "female", "1972-05-04", "+30 694 000 0104"),
    ("00005", "Γεωργίου", "Νίκος", "male", "1965-01-30", "+30 694 000 0105"),
    ("00006", "رضایی", "مریم", "female", "1985-09-09", "+98 912 000 0106"),
    ("00007", "Brandt", "Charlotte", "female", "1990-12-12", "+49 151 0000107"),
    ("00008", "Øberg", "Søren", "male", "", "+45 20 00 01 08"),
)

NO_TO_ALL = dict.fromkeys(
    (
        "pregnancy",
        "breastfeeding",
        "coagulation-disorder",
        "blood-disorder",
        "thrombocytopenia",
        "systemic-infection",
        "recent-fever",
        "active-malignancy",
        "haematological-malignancy",
        "insulin-dependent-diabetes",
        "keloid-tendency",
        "autoimmune-disease",
        "bdd-screen-positive",
    ),
    "no",
)


def rejuvenation() -> dict[str, Any]:
    """Several areas, an allergy that changes the formula, a painkiller that moves the dates."""
    return {
        "concerns": [
            {"concern": "fine-lines", "area": "face", "severity": 2},
            {"concern": "skin-laxity", "area": "neck", "severity": 1},
            {"concern": "dehydration", "area": "hands"},
        ],
        "conditions": {**NO_TO_ALL, "atopy": "yes", "tobacco": "no"},
        "no_known_allergies": False,
        "allergies": [{"allergen": "kojic-acid"}],
        "medications_reviewed": True,
        "preferences": {"combination": "alternating", "laser": False},
    }


def low_platelets() -> dict[str, Any]:
    """Rules that exclude one treatment and may be overridden, and a question that is left."""
    answers = {**NO_TO_ALL, "thrombocytopenia": "yes", "tobacco": "yes"}
    del answers["pregnancy"], answers["breastfeeding"]
    return {
        "concerns": [
            {"concern": "hair-loss", "area": "scalp", "severity": 3},
            {"concern": "acne-scars", "area": "cheeks", "severity": 2},
        ],
        "conditions": answers,
        "no_known_allergies": True,
        "medications_reviewed": False,
        "preferences": {"combination": "same-session", "laser": False},
    }


def healthy() -> dict[str, Any]:
    """Nothing in the way: the consultation of the signed plan."""
    return {
        "concerns": [{"concern": "fine-lines", "area": "face", "severity": 2}],
        "conditions": {**NO_TO_ALL, "atopy": "no", "tobacco": "no"},
        "no_known_allergies": True,
        "medications_reviewed": True,
        "preferences": {"combination": "alternating", "laser": False},
    }
