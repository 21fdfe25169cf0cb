"""What the import linter cannot say: the house rules, read from the source itself."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("clinic", "treatments", "consultations")
MODULES = sorted(
    path.relative_to(ROOT)
    for app in APPS
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts
)
PURE = {
    Path("treatments/engine"): "treatments.engine",
    Path("consultations/planning"): "consultations.planning",
}
DOORS = ("views", "api")
WRITES = {
    "save", "create", "delete", "update", "bulk_create", "bulk_update",
    "get_or_create", "update_or_create", "bulk_create_with_history", "bulk_update_with_history",
}  # fmt: skip
NOT_ROWS = {"super", "cache", "session"}
LONGEST_MODULE = 300


def tree(path):
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def imported(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def writes(path):
    """Calls like `Model.objects.create()` or `row.save()`; `super().create()` is only a hook."""
    for node in ast.walk(tree(path)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr == "update" and "objects" not in ast.unparse(node.func.value):
            continue  # a dict's, not a query's
        subject = ast.unparse(node.func.value).split("(")[0].split(".")[-1]
        if node.func.attr in WRITES and subject not in NOT_ROWS:
            yield f"{path}:{node.lineno} {ast.unparse(node.func)}"


def test_the_walk_sees_all_three_apps():
    assert {path.parts[0] for path in MODULES} == set(APPS)


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_module_is_short_enough_to_read_at_a_sitting(path):
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("folder", PURE, ids=str)
def test_pure_package_imports_the_standard_library_only(folder):
    package, modules = PURE[folder], [path for path in MODULES if folder in path.parents]

    strangers = {
        f"{path}: {name}"
        for path in modules
        for name in imported(path)
        if name.split(".")[0] not in sys.stdlib_module_names
        and not (name == package or name.startswith(f"{package}."))
    }

    assert modules
    assert strangers == set()


def test_views_and_api_write_through_services_only():
    doors = [path for path in MODULES if set(DOORS) & {*path.parts, path.stem}]

    assert doors
    assert [line for path in doors for line in writes(path)] == []


def test_no_module_is_named_for_nothing():
    vague = {"utils", "helpers", "manager", "managers", "misc", "common"}

    assert [str(path) for path in MODULES if path.stem in vague] == []


TELL_THE_DAY = {Path("clinic/models/clinic.py"), Path("clinic/scoping.py")}
NO_CLINIC = {Path("consultations/synthetic.py")}  # measured with, never run at a clinic


def test_the_day_is_asked_of_the_clinic():
    """Of the zone in use it would be another one over REST than in the browser."""
    asking = {
        f"{path}:{node.lineno}"
        for path in MODULES
        if path not in TELL_THE_DAY | NO_CLINIC
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"localdate", "today"}
        if ast.unparse(node.value).split(".")[-1] in {"timezone", "date", "datetime"}
    }

    assert asking == set()


def test_labels_are_lowered_as_their_language_does():
    """Python's own `.lower()` does not know the Turkish i."""
    lowering = {
        f"{path}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "lower"
        if any(mark in ast.unparse(node.value) for mark in ("label", "_display(", "_("))
    }

    assert lowering == set()
