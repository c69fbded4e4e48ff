#!/usr/bin/env bash
# QGIS' own reader on the live file and on the exports. Optional: installs QGIS (about 1.5 GB).
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
if ! command -v qgis_process >/dev/null; then
  if [[ "$(id -u)" != 0 ]]; then
    echo "qingshan: run this once: sudo apt-get install -y --no-install-recommends qgis-bin python3-qgis" >&2
    exit 1
  fi
  apt-get update && apt-get install -y --no-install-recommends qgis qgis-providers python3-qgis
fi
cargo build --locked --manifest-path "$root/Cargo.toml"
binary="$root/target/debug/qingshan"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
"$binary" demo --data-dir "$work/data"
for format in gpkg geojson shp kml; do
  mkdir -p "$work/out/$format"
  "$binary" export --data-dir "$work/data" --what parcels --format "$format" "$work/out/$format/parcels.$format"
done
QT_QPA_PLATFORM=offscreen /usr/bin/python3 "$root/tests/read_with_qgis.py" "$work"
