"""The program's own settings, but quick to hash, with no manifest of built assets to look up.

A test database on SQLite is a file, not memory: the browser tests' server answers from several
threads, which share a file but lock each other out of shared memory. Each run has its own file.
"""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("DEBUG", "false")
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0" * 50)
os.environ.setdefault("ALLOWED_HOSTS", "localhost,127.0.0.1,testserver")

from clinic.settings import *
from clinic.settings import DATABASES, STORAGES

# The test server speaks plain HTTP, over which a browser keeps no secure cookie.
SECURE_SSL_REDIRECT = False
SESSION_COOKIE_NAME = "sid"
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    file = Path(tempfile.gettempdir()) / f"consilium-test-{os.getpid()}.sqlite3"
    DATABASES["default"]["TEST"] = {"NAME": str(file)}
