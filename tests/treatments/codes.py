"""Everything the starter catalogue must hold, by code, written out apart from the catalogue."""


def numbered(pattern: str, first: int, last: int) -> list[str]:
    return [pattern % number for number in range(first, last + 1)]


FACTS = [
    *numbered("A%03d", 1, 13),  # definition and origin
    *numbered("A%03d", 20, 36),  # concerns
    *numbered("A%03d", 40, 57),  # ingredients
    *numbered("A%03d", 60, 76),  # technique, areas, sessions
    *numbered("A%03d", 80, 88),  # before, during, after
    *numbered("A%03d", 90, 96),  # side effects and contraindications
    *numbered("A%03d", 100, 106),  # preparation and mechanism
    *numbered("A%03d", 110, 120),  # combination and order
    *numbered("A%03d", 130, 137),  # duration, cost, evidence
]

NO_RISK_FACTS = {"A093", "A094", "A096"}

# The last line of each article: no locator may point past it.
ARTICLE_LINES = {"000": 99, "001": 81, "002": 39, "003": 272, "004": 14}

RULES = [
    *numbered("S-%02d", 1, 20),
    *numbered("L-%02d", 1, 7),
    *[f"L-08{letter}" for letter in "abcd"],
    *numbered("L-%02d", 9, 11),
    *[f"L-12{letter}" for letter in "abc"],
    *numbered("L-%02d", 13, 35),
    *numbered("I-%02d", 1, 3),
]

# Each conflict with the statements that must stand in it. A statement that says two things at
# once, in two places, stands in it twice.
CONFLICTS = {
    "C1": ["A073", "A074"],
    "C2": ["A070", "A071"],
    "C3": ["A008", "A060", "A087"],
    "C4": ["A056", "A092", "A093", "A094"],
    "C5": ["A132", "A132"],
    "C6": ["A087", "A088"],
    "C7": ["A130", "A130"],
    "C8": ["A030", "A136"],
    "C9": ["A111", "A112"],
    "C10": ["A134", "A135"],
    "C11": ["A062", "A063", "A064"],
    "C12": ["A101", "A102"],
    "C13": ["A001", "A010"],
    "C14": ["A006", "A047"],
    "C15": ["A080", "A081", "A095"],
    "C16": ["A034", "B3-27"],
    "C17": ["A027", "A027"],
    "C18": ["A021", "A119"],
    "C19": ["A043", "A048", "A084"],
}

# Figures that the articles give: the fact, from, to, unit.
FIGURES = [
    ("A069", 4, 6, "sessions"),
    ("A070", 1, 2, "wk"),
    ("A073", 3, 3, "sessions"),
    ("A074", 6, 8, "sessions"),
    ("A075", 30, 60, "min"),
    ("A080", 1, 1, "wk"),
    ("A087", 0, 1, "d"),
    ("A100", 5, 15, "mL"),
    ("A112", 0, 15, "d"),
    ("A131", 1, None, "a"),
]
