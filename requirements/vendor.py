"""Copy the front-end files we serve out of node_modules into static/vendor, with a manifest.

Run by `make vendor`. The copies are committed, so that running and testing need no npm.
"""

import hashlib
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
NOTO = "@expo-google-fonts/noto-sans"
VAZIRMATN = "@expo-google-fonts/vazirmatn"
# The paper is set with whole TrueType files; a browser takes the letters it needs, in any weight.
NOTO_WEB = "@fontsource-variable/noto-sans"
VAZIRMATN_WEB = "@fontsource-variable/vazirmatn"
FILES = {
    "bootstrap/bootstrap.min.css": ("bootstrap", "dist/css/bootstrap.min.css"),
    "bootstrap/bootstrap.rtl.min.css": ("bootstrap", "dist/css/bootstrap.rtl.min.css"),
    "bootstrap/bootstrap.bundle.min.js": ("bootstrap", "dist/js/bootstrap.bundle.min.js"),
    "bootstrap/LICENSE": ("bootstrap", "LICENSE"),
    "htmx/htmx.min.js": ("htmx.org", "dist/htmx.min.js"),
    "htmx/LICENSE": ("htmx.org", "LICENSE"),
    "fonts/NotoSans-Regular.ttf": (NOTO, "400Regular/NotoSans_400Regular.ttf"),
    "fonts/NotoSans-Bold.ttf": (NOTO, "700Bold/NotoSans_700Bold.ttf"),
    "fonts/NotoSans-LICENSE": (NOTO, "LICENSE_FONT"),
    "fonts/Vazirmatn-Regular.ttf": (VAZIRMATN, "400Regular/Vazirmatn_400Regular.ttf"),
    "fonts/Vazirmatn-Bold.ttf": (VAZIRMATN, "700Bold/Vazirmatn_700Bold.ttf"),
    "fonts/Vazirmatn-LICENSE": (VAZIRMATN, "LICENSE_FONT"),
    **{
        f"webfonts/noto-sans-{letters}.woff2": (
            NOTO_WEB,
            f"files/noto-sans-{letters}-wght-normal.woff2",
        )
        for letters in ("latin", "latin-ext", "greek")
    },
    "webfonts/noto-sans-LICENSE": (NOTO_WEB, "LICENSE"),
    "webfonts/vazirmatn-arabic.woff2": (
        VAZIRMATN_WEB,
        "files/vazirmatn-arabic-wght-normal.woff2",
    ),
    "webfonts/vazirmatn-LICENSE": (VAZIRMATN_WEB, "LICENSE"),
}
# The map files are not served, and collecting hashed names fails on a link to nowhere.
SOURCE_MAP = re.compile(rb"\s*(//# sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ \*/)\s*$")


def vendor(name: str, package: str, source: str) -> dict[str, str]:
    described = json.loads((PACKAGES / package / "package.json").read_text())
    content = SOURCE_MAP.sub(b"\n", (PACKAGES / package / source).read_bytes())
    target = VENDOR / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return {
        "package": package,
        "version": described["version"],
        "licence": described["license"],
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def main() -> None:
    manifest = {name: vendor(name, *source) for name, source in FILES.items()}
    (VENDOR / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()
