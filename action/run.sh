#!/usr/bin/env bash
# Starts this folder's __main__.py with a Python that sees neither the caller's PYTHON* variables
# nor its packages nor the workspace. All else is in Python, where it is typed and tested.
set -euo pipefail

if ! command -v python3 >/dev/null; then
  echo "error: afk needs Python 3.11 or newer, and there is no python3 on this runner" >&2
  echo "Next step: use an image that has it, or put a setup-python step before this one" >&2
  exit 2
fi
exec python3 -I -S -X utf8 "${BASH_SOURCE[0]%/*}"
