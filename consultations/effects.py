"""What the rules do to a treatment in an area, read from the response of a proposal."""

from collections.abc import Mapping
from typing import Any

Response = Mapping[str, Any]


def has_effect(response: Response, effect: str, rule: str, area: str, treatment: str) -> bool:
    """That the rule fired for the treatment there, and has this effect on it."""
    stands = any(
        standing["treatment"] == treatment and rule in standing["findings"]
        for one in response["areas"]
        if one["area"] == area
        for standing in one["treatments"]
    )
    return stands and any(
        one["effect"] == effect and one["treatment"] in (None, treatment)
        for finding in response["findings"]
        if finding["rule"] == rule
        for one in finding["effects"]
    )


def leading_nowhere(response: Response, area: str, treatment: str) -> str:
    """Which of area, treatment and rule it is; the rule where the place is one."""
    found = [one for one in response["areas"] if one["area"] == area]
    if not found:
        return "area"
    known = any(one["treatment"] == treatment for one in found[0]["treatments"])
    return "rule" if known else "treatment"
