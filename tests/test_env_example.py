"""Whoever installs the program finds every variable it reads in .env.example, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READERS = ("clinic/settings.py", "clinic/env.py", "clinic/serving.py")


def test_env_example_lists_exactly_what_is_read():
    source = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in READERS)
    example = (ROOT / ".env.example").read_text(encoding="utf-8")

    read = re.findall(r"""(?:env(?:iron)?\.\w+|\bflag)\(\s*["']([A-Z_]+)["']""", source)
    listed = re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)

    assert sorted(listed) == sorted(set(read))
