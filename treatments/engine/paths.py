"""The order of paths into a request."""

from collections.abc import Iterable


def in_order(paths: Iterable[str]) -> list[str]:
    """By name, and by number within a list: the tenth comes after the second."""
    return sorted(paths, key=_key)


def _key(path: str) -> tuple[str, int, str]:
    name, bracket, rest = path.partition("[")
    number, _, tail = rest.partition("]")
    return (name, int(number) if bracket else -1, tail)
