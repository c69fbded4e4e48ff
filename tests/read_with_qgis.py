"""Opens the live GeoPackage and the exports with QGIS' own provider.

Run by `make check-qgis`. Usage: python3 tests/read_with_qgis.py FOLDER, with FOLDER/data holding a
store and FOLDER/out the exports of its parcels. Ends with "N passed, N failed".
"""

import sys
from pathlib import Path

from qgis.core import QgsApplication, QgsVectorLayer

LAYERS = ["boundary", "parcel", "claim", "disturbance", "exemption", "reference_area"]


def main(work):
    app = QgsApplication([], False)
    app.initQgis()
    passed = failed = 0

    def tell(good, line):
        nonlocal passed, failed
        passed, failed = passed + good, failed + (not good)
        print("ok    " if good else "FAILED", line)

    live = work / "data" / "qingshan.gpkg"
    for name in LAYERS:
        layer = QgsVectorLayer(f"{live}|layername={name}", name, "ogr")
        tell(layer.isValid(), f"{name} opens")
        tell(layer.crs().authid() == "EPSG:4490", f"{name} is in {layer.crs().authid()}")
        tell(layer.featureCount() > 0, f"{name} has {layer.featureCount()} features")
        sound = sum(1 for feature in layer.getFeatures() if feature.geometry().isGeosValid())
        tell(sound == layer.featureCount(), f"{name}: {sound} geometries are valid to GEOS")
    parcels = QgsVectorLayer(f"{live}|layername=parcel", "parcel", "ogr")
    for path in sorted((work / "out").rglob("parcels.*")):
        source = f"/vsizip/{path}" if path.suffix == ".zip" else str(path)
        layer = QgsVectorLayer(source, path.stem, "ogr")
        tell(layer.isValid() and layer.featureCount() > 0, f"{path.suffix}: {layer.featureCount()} features")
    claims = QgsVectorLayer(f"{live}|layername=claim", "claim", "ogr")
    message, loaded = claims.loadDefaultStyle()
    tell(loaded, f"the stage colours load: {message or 'default style'}")
    tell(parcels.featureCount() > 120, "parcels of the demo county are there")
    print(f"{passed} passed, {failed} failed")
    app.exitQgis()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
