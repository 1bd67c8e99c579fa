#!/bin/sh
# Makes .venv hold exactly what the lock says; a second call with the same lock does nothing.
# Usage: deploy/environment.sh base|dev      PYTHON=/path/to/python chooses the interpreter.
set -eu
cd "$(dirname "$0")/.."
wanted=${1:-base}
venv=.venv
recent='import sys; sys.exit(sys.version_info < (3, 11))'

say() { printf '%s\n' "$*" >&2; }

lock() {
    case $wanted in
        base) cat requirements/base.txt ;;
        dev) cat requirements/base.txt requirements/dev.txt ;;
        *) say "Unknown set of requirements: $wanted. There are base and dev."; exit 2 ;;
    esac
}

digest() { lock | "$1" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'; }

usable() { "$1" -c "$recent" >/dev/null 2>&1; }

# A name on the PATH may be a stub that answers "not installed", so every candidate is run. The version CI runs comes first.
find_python() {
    if [ -n "${PYTHON:-}" ]; then
        usable "$PYTHON" || { say "PYTHON=$PYTHON is not a Python 3.11 or newer."; exit 1; }
        command -v "$PYTHON"
        return
    fi
    for candidate in python3.11 python3.12 python3.13 python3 python; do
        if usable "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    say "No Python 3.11 or newer was found. Install one, or name it: make PYTHON=/path/to/python3 ..."
    exit 1
}

has_uv() { uv --version >/dev/null 2>&1; }

create() {
    python=$(find_python)
    say "Creating $venv with $python"
    rm -rf "$venv"
    if has_uv; then
        UV_PYTHON_DOWNLOADS=never uv venv --quiet --python "$python" "$venv"
        return
    fi
    "$python" -m venv "$venv" || {
        rm -rf "$venv"
        say "$python cannot make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv"
        exit 1
    }
}

install() {
    set -- --require-hashes -r requirements/base.txt
    if [ "$wanted" = dev ]; then set -- "$@" -r requirements/dev.txt; fi
    say "Installing the locked requirements ($wanted); only the first time takes long"
    if has_uv; then
        uv pip install --quiet --python "$venv/bin/python" "$@"
        return
    fi
    "$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$venv/bin/python" -m ensurepip >/dev/null
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
}

usable "$venv/bin/python" || create
stamp=$venv/.installed-$wanted
now=$(digest "$venv/bin/python")
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ]; then exit 0; fi
rm -f "$venv"/.installed-*
install
printf '%s\n' "$now" >"$stamp"
# The larger set contains the smaller one.
if [ "$wanted" = dev ]; then wanted=base; digest "$venv/bin/python" >"$venv/.installed-base"; fi
