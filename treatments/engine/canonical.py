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
    response: Mapping[str, object],
    overrides: list[list[str | None]] | None,
) -> str:
    """Over release, request and response, and over the overrides where there are any.

    The request comes as canonical text already, so the object is put together as text; its keys
    stand in their sorted order.
    """
    parts = [f'"overrides":{canonical_json(overrides)}'] if overrides else []
    parts.append(f'"release":{canonical_json(digest)}')
    parts.append(f'"request":{request_json}')
    parts.append(f'"response":{canonical_json(response)}')
    return digest_of_text("{" + ",".join(parts) + "}")
