"""Writes gauss_kruger.json: plane coordinates by PROJ, for tests/geometry_gauss_kruger.rs.

Run: python3 tests/oracle/geometry_gauss_kruger.py   (needs pyproj)
"""
import json
import pathlib

import pyproj

POINTS = [(113.12, 31.95), (113.37, 31.88), (114.0, 32.0), (111.6, 30.1), (115.5, 33.9),
          (112.5, 31.5), (113.2, 0.001), (110.1, 53.4), (117.9, 18.2)]
CODES = [4490 + k for k in (10, 18, 19, 20, 35, 36, 37, 55, 56, 57, 58)]

rows = []
for code in CODES:
    project = pyproj.Transformer.from_crs(4490, code, always_xy=True).transform
    for lon, lat in POINTS:
        x, y = project(lon, lat)
        rows.append([code, lon, lat, x, y])
out = {"made_by": f"pyproj {pyproj.__version__}, PROJ {pyproj.proj_version_str}",
       "columns": ["epsg", "lon", "lat", "easting_m", "northing_m"], "rows": rows}
path = pathlib.Path(__file__).with_name("gauss_kruger.json")
path.write_text(json.dumps(out, indent=None).replace("], [", "],\n["))
