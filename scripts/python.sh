#!/usr/bin/env bash
# Runs Python with shapely and pyproj, from an environment of the project's own under target/.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
env="$root/target/python"
if ! "$env/bin/python" -c 'import shapely, pyproj' 2>/dev/null; then
  /usr/bin/python3 -m venv "$env" >&2
  "$env/bin/pip" install --quiet --disable-pip-version-check -r "$root/tests/oracle/requirements.txt" >&2
fi
exec "$env/bin/python" "$@"
