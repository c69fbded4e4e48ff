#!/usr/bin/env bash
# Starts the real program on the demo county and walks through its page in Chromium.
# Usage: scripts/e2e.sh BINARY
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
binary="$(realpath "$1")"
work="$(mktemp -d)"
server=
cleanup() {
  [[ -n "$server" ]] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT
"$binary" demo --data-dir "$work/data"
"$binary" serve --data-dir "$work/data" --listen 127.0.0.1:0 >"$work/out" 2>"$work/log" &
server=$!
for _ in $(seq 100); do
  url="$(grep -oE 'http://127\.0\.0\.1:[0-9]+' "$work/out" | head -n 1 || true)"
  [[ -n "$url" ]] && break
  sleep 0.1
done
if [[ -z "${url:-}" ]]; then
  echo "the server did not start:" >&2
  cat "$work/out" "$work/log" >&2
  exit 1
fi
cd "$root/web"
QINGSHAN_URL="$url" npm run --silent e2e
