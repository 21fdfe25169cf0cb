"""One text for one value: what digests and receipts are taken over."""

import hashlib
import json
from collections.abc import Mapping


def canonical_json(value: object) -> str:
    """JSON with sorted keys and no spaces; refuses what JSON has no word for."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def digest_of_text(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def digest_of(document: Mapping[str, object]) -> str:
    """The name a release goes by: the same document has the same digest everywhere."""
    return digest_of_text(canonical_json(document))


def receipt_of(
    digest: str,
    request_json: str,
    response_json: str,
    overrides: list[list[str | None]],
    agreements: list[list[str | None]],
) -> str:
    """Over release, request and response, and over overrides and agreements if there are any."""
    parts = {"release": canonical_json(digest), "request": request_json, "response": response_json}
    if overrides:
        parts["overrides"] = canonical_json(overrides)
    if agreements:
        parts["agreements"] = canonical_json(agreements)
    return digest_of_text(object_of(parts))


def object_of(parts: Mapping[str, str]) -> str:
    """The canonical text of an object whose values are canonical texts already."""
    inner = (f"{canonical_json(key)}:{parts[key]}" for key in sorted(parts))
    return "{" + ",".join(inner) + "}"
