#!/usr/bin/env bash
# The worked example and the demo county on the command line, judged by programs that share no code
# with this one. Usage: scripts/oracle.sh BINARY
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
binary="$(realpath "$1")"
data="$(mktemp -d)"
trap 'rm -rf "$data"' EXIT
"$binary" demo --data-dir "$data/demo"
"$root/scripts/python.sh" "$root/tests/worked_example.py" --binary "$binary"
"$root/scripts/python.sh" "$root/tests/independent_check.py" --binary "$binary" --data-dir "$data/demo"
"$binary" verify --data-dir "$data/demo"
