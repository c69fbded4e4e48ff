#!/usr/bin/env bash
# QGIS' own reader on the live file and on the exports. Optional: installs QGIS' libraries.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
if ! /usr/bin/python3 -c "import qgis.core" 2>/dev/null; then
  if [[ "$(id -u)" != 0 ]]; then
    echo "qingshan: run this once: sudo apt-get install -y --no-install-recommends python3-qgis qgis-providers" >&2
    exit 1
  fi
  apt-get update && apt-get install -y --no-install-recommends python3-qgis qgis-providers
fi
cargo test --locked --no-run --quiet --manifest-path "$root/Cargo.toml"
binary="$root/target/debug/qingshan"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
"$binary" demo --data-dir "$work/data"
for format in gpkg geojson shp kml; do
  mkdir -p "$work/out/$format"
  ending="$format"
  [[ "$format" == shp ]] && ending=zip
  "$binary" export --data-dir "$work/data" --what parcels --format "$format" "$work/out/$format/parcels.$ending"
done
QT_QPA_PLATFORM=offscreen /usr/bin/python3 "$root/tests/read_with_qgis.py" "$work"
