#!/usr/bin/env bash
# Installs what the build (run) or the tests (test) need from Debian's or Ubuntu's packages.
# Says nothing and does nothing when all is there; without root it prints the one line to run.
set -euo pipefail

need=(build-essential pkg-config libgdal-dev libsqlite3-dev)
if [[ "${1:-run}" == test ]]; then
  need+=(gdal-bin python3 python3-gdal python3-venv sqlite3 chromium fonts-noto-cjk zip unzip curl)
fi

for tool in cargo node npm; do
  if ! command -v "$tool" >/dev/null; then
    echo "qingshan: $tool is missing. Install Rust (rustup.rs) and Node 20 or later first." >&2
    exit 1
  fi
done

is_there() {
  # Ubuntu's chromium is a snap without a package of that state; the program itself is what counts.
  if [[ "$1" == chromium ]] && { command -v chromium || command -v chromium-browser || [[ -n "${CHROMIUM:-}" ]]; } >/dev/null; then
    return 0
  fi
  dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'install ok installed'
}

missing=()
for package in "${need[@]}"; do
  is_there "$package" || missing+=("$package")
done

if ((${#missing[@]})); then
  line="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
  if [[ "$(id -u)" == 0 ]]; then
    export DEBIAN_FRONTEND=noninteractive
    bash -c "$line"
  elif sudo -n true 2>/dev/null; then
    sudo bash -c "DEBIAN_FRONTEND=noninteractive $line"
  else
    echo "qingshan: some packages are missing. Run this once, then again what you ran:" >&2
    echo "  sudo bash -c '$line'" >&2
    exit 1
  fi
fi
