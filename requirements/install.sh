#!/bin/sh
# Usage: sh requirements/install.sh prod|test|dev
# Make .venv hold exactly the named, hash-checked list. Does nothing when it already does.
# Needs python3 >= 3.11. Debian's missing parts (venv; for tests a browser) come through apt,
# as root or with sudo.
set -eu
cd "$(dirname "$0")/.."
want=${1:?usage: install.sh prod|test|dev}
python=${PYTHON:-python3}
venv=.venv
export PIP_DISABLE_PIP_VERSION_CHECK=1

case $want in
  prod) covers="prod" ;;
  test) covers="prod test" ;;
  dev) covers="prod test dev" ;;
  *) echo "install.sh: no list called '$want' (prod, test or dev)" >&2; exit 2 ;;
esac

apt_install() {
  if [ "$(id -u)" = 0 ]; then as_root=""; else as_root="sudo"; fi
  if ! command -v apt-get >/dev/null || { [ -n "$as_root" ] && ! command -v sudo >/dev/null; }; then
    echo "Please have an administrator install: $*   (apt-get install --no-install-recommends $*)" >&2
    return 1
  fi
  echo "Installing $* with apt ..." >&2
  { $as_root apt-get update -qq &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
  } >/dev/null
}

# The sum of the locks a list is made of, so that a change in any of them shows.
locks_sum() { cat requirements/bootstrap.txt "requirements/$1.txt" | sha256sum | cut -d' ' -f1; }

make_venv() {
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Python 3.11 or newer is needed; $("$python" --version 2>&1) was found." >&2
    exit 1
  }
  "$python" -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv
  "$python" -m venv --clear "$venv"
}

install_list() {
  rm -f "$venv"/.holds-*
  if "$venv/bin/python" -m pip install -q --require-hashes -r requirements/bootstrap.txt &&
    "$venv/bin/python" -m uv --version >/dev/null 2>&1; then
    "$venv/bin/python" -m uv pip install -q --no-config --compile-bytecode --require-hashes \
      --python "$venv/bin/python" -r "requirements/$want.txt"
  else # no uv for this machine: slower, the same result
    "$venv/bin/python" -m pip install -q --require-hashes -r "requirements/$want.txt"
  fi
  for list in $covers; do locks_sum "$list" >"$venv/.holds-$list"; done
}

find_browser() {
  for name in "${CHROMIUM_BIN:-}" chromium chromium-browser google-chrome; do
    if [ -n "$name" ] && command -v "$name" >/dev/null && "$name" --version >/dev/null 2>&1; then
      return 0
    fi
  done
  return 1
}

install_browser() {
  # Playwright's driver needs libatomic, which a minimal Debian lacks.
  [ -n "$(find /usr/lib /lib -name 'libatomic.so.1*' 2>/dev/null | head -n 1)" ] || apt_install libatomic1
  find_browser || apt_install chromium || true
  # Ubuntu's package is only a pointer to a snap, which a container cannot run.
  find_browser || "$venv/bin/python" -m playwright install --with-deps chromium
}

[ -x "$venv/bin/python" ] && "$venv/bin/python" -m pip --version >/dev/null 2>&1 || make_venv
[ "$(cat "$venv/.holds-$want" 2>/dev/null)" = "$(locks_sum "$want")" ] || install_list
[ "$want" = prod ] || install_browser
