"""A catalogue that was exported here is brought into another, empty installation, and out again.

The other one is a database of its own, reached by the program's own commands in a process of its
own; on PostgreSQL, too, it is one of SQLite, so that nothing rests on one database's ways.
"""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from treatments.compiler import compile_document
from treatments.engine import digest_of
from treatments.models import Area, Concern, GoldenCase, Release, Translation
from treatments.services import import_catalogue
from treatments.services.exporting import export_text
from treatments.services.golden import add_case

THERE = """
import io, sys, django
django.setup()
from django.core.management import call_command
from treatments.compiler import compile_document
from treatments.engine import digest_of
from treatments.models import Release, Rule
file, back = sys.argv[1:]
call_command("migrate", verbosity=0, skip_checks=True)
assert not Rule.objects.exists()
shown = io.StringIO()
call_command("import_catalogue", file, stdout=shown, skip_checks=True)
assert not Rule.objects.exists()
digest = shown.getvalue().rpartition(" ")[2].strip()
call_command("import_catalogue", file, apply=digest, stdout=io.StringIO(), skip_checks=True)
call_command("export_catalogue", back, skip_checks=True)
print(digest_of(compile_document("2026.9")))
"""


@pytest.fixture
def everything(make_member):
    """What the starter catalogue lacks: translations, and a case that a curator made."""
    face = Area.objects.get(code="face")
    concern = Concern.objects.first()
    texts = [
        {
            "kind": row._meta.model_name,
            "code": row.code,
            "field": "name",
            "language": language,
            "text": f"{row.name} ({language}) ς İ فارسی",
            "source_text": row.name,
        }
        for row in (face, concern)
        for language in ("tr", "el", "fa")
    ]
    import_catalogue({"t.json": {"treatments.translation": texts}}, by=make_member("curator"))
    starter = GoldenCase.objects.first()
    add_case(code="second", title="Second", request=starter.request, by=make_member("medical-lead"))


def run_there(tmp_path, text):
    file, back = tmp_path / "catalogue.json", tmp_path / "back.json"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", THERE, str(file), str(back)],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'second.sqlite3'}",
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return back.read_text(encoding="utf-8"), done.stdout.strip()


@pytest.mark.django_db
def test_what_goes_out_here_comes_out_the_same_there(everything, tmp_path):
    text = export_text()
    document = json.loads(text)
    kinds = ("consenttext", "decisionreason", "translation", "goldencase", "codemapping", "rule")
    assert [kind for kind in kinds if not document[f"treatments.{kind}"]] == []
    assert Translation.objects.count() >= 6

    back, digest = run_there(tmp_path, text)

    assert back == text
    assert digest == digest_of(compile_document("2026.9"))
    assert Release.objects.count() == 1, "and nothing happened here"
