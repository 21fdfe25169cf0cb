"""The engine knows kinds of rule, never a drug's name or a clinical number."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import treatments.engine

FOLDER = Path(treatments.engine.__file__).parent
MODULES = sorted(FOLDER.glob("*.py"))
VOCABULARIES = (
    "areas",
    "concerns",
    "conditions",
    "medication_classes",
    "medications",
    "ingredient_classes",
    "ingredients",
    "activators",
    "allergens",
    "lab_tests",
    "findings",
    "procedures",
    "performers",
    "treatments",
    "formulas",
    "protocols",
    "variants",
    "notices",
    "warnings",
    "rules",
)
# What a structure needs: an empty index, one day, a week, a severity of three, sizes of texts and
# the ends of lists.
STRUCTURAL = {-1, 0, 1, 2, 3, 7, 100, 200, 300, 1023, 2000, 3660}
FORBIDDEN_MODULES = {"random", "time", "os", "socket", "secrets", "uuid", "pathlib", "io", "django"}
FORBIDDEN_CALLS = {"open", "today", "now", "utcnow", "print", "input", "eval", "exec"}


def constants(module):
    """Every value written in a module, but for its docstrings."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and id(node) not in docstrings
    ]


def vocabulary(document):
    found = {row["code"] for key in VOCABULARIES for row in document[key]}
    found |= {row["mode"] for row in document["combinations"]}
    return found | {row["refer_to"] for row in document["concerns"] if row["refer_to"]}


def test_there_is_something_to_look_at(catalogue):
    assert len(MODULES) > 10
    assert len(vocabulary(catalogue.document)) > 150


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_no_code_of_the_catalogue_stands_in_the_engine(catalogue, module):
    found = {value for value in constants(module) if isinstance(value, str)}

    assert found & vocabulary(catalogue.document) == set()


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_no_clinical_number_stands_in_the_engine(module):
    numbers = {value for value in constants(module) if type(value) in (int, float)}

    assert numbers <= STRUCTURAL


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_the_engine_has_no_clock_and_touches_nothing_outside(module):
    tree = ast.parse(module.read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    called = {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    }

    assert imported <= {*sys.stdlib_module_names, "treatments"}
    assert imported & FORBIDDEN_MODULES == set()
    assert called & (FORBIDDEN_CALLS - {"open"}) == set()


def test_the_engine_comes_without_the_framework():
    script = "import sys, treatments.engine; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    loaded = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=FOLDER.parent.parent,
    ).stdout.split()

    assert "treatments" in loaded
    assert {"django", "rest_framework", "clinic", "consultations"} & set(loaded) == set()
