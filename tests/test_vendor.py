"""The committed front-end copies are what the manifest and the package lock say they are."""

import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "MANIFEST.json").read_text())


@pytest.mark.parametrize("name", MANIFEST)
def test_vendored_file_is_unchanged(name):
    content = (VENDOR / name).read_bytes()

    assert hashlib.sha256(content).hexdigest() == MANIFEST[name]["sha256"]


@pytest.mark.parametrize("name", MANIFEST)
def test_vendored_file_links_to_nothing_that_is_not_served(name):
    content = (VENDOR / name).read_bytes()

    assert b"sourceMappingURL" not in content
    assert not re.search(rb"url\([\"']?https?:|@import", content)


def test_manifest_lists_every_vendored_file():
    files = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}

    assert files == {*MANIFEST, "MANIFEST.json"}


def test_manifest_versions_are_the_locked_and_pinned_ones():
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    pinned = json.loads((ROOT / "package.json").read_text())["dependencies"]

    copied = {entry["package"]: entry["version"] for entry in MANIFEST.values()}

    assert copied == pinned
    assert copied == {package: lock[f"node_modules/{package}"]["version"] for package in pinned}
