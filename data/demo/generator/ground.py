"""From plane metres to clean lon/lat ground: rounding, shared borders, output."""

import json

import shapely
from pyproj import Transformer
from shapely.geometry import MultiPolygon, Polygon
from shapely.ops import polygonize, transform

# 1e-9 degrees is 0.1 mm on the ground: finer than any survey that will be compared with it.
GRID_DEG = 1e-9
# Rounding opens slits where a corner met another's edge; up to about 5 m² they go to a neighbour.
SLIT_DEG2 = 5e-10
_TO_PLANE = Transformer.from_crs("EPSG:4490", "EPSG:4547", always_xy=True)
_TO_LONLAT = Transformer.from_crs("EPSG:4547", "EPSG:4490", always_xy=True)


def place(lon, lat):
    """Plane metres of a place in degrees."""
    return _TO_PLANE.transform(lon, lat)


def to_plane(shape):
    return transform(_TO_PLANE.transform, shape)


def to_lonlat(shape):
    """Lon/lat on the 1e-9 grid, valid."""
    rounded = transform(lambda x, y: [[round(v, 9) for v in axis] for axis in _TO_LONLAT.transform(x, y)], shape)
    if not rounded.is_valid:
        rounded = areal(shapely.make_valid(rounded))
    return shapely.set_precision(rounded, GRID_DEG)


def polygons(shape):
    """The polygons of any geometry, largest first; lines and points left by overlay fall away."""
    if shape.is_empty:
        return []
    parts = shape.geoms if hasattr(shape, "geoms") else [shape]
    found = []
    for part in parts:
        found += polygons(part) if hasattr(part, "geoms") else [part] if isinstance(part, Polygon) else []
    return sorted(found, key=lambda p: -p.area)


def areal(shape, least_m2=0.0):
    """Only the areal parts, those under `least_m2` dropped (plane metres)."""
    kept = [p for p in polygons(shape) if p.area > least_m2]
    return kept[0] if len(kept) == 1 else MultiPolygon(kept)


def coverage(pieces):
    """Lon/lat pieces that share borders vertex by vertex, from plane pieces in order of priority.

    Each later piece gives way to the earlier ones. The borders are noded together on the 1e-9
    grid, so no gap or overlap is left between neighbours.
    """
    taken, cut = Polygon(), []
    for piece in pieces:
        rest = areal(piece.difference(taken), 30.0)
        cut.append(rest)
        taken = taken.union(rest)
    rounded = [to_lonlat(piece) for piece in cut]
    lines = shapely.union_all([p.boundary for p in rounded], grid_size=GRID_DEG)
    owned = [[] for _ in pieces]
    trees = [shapely.prepared.prep(p) for p in rounded]
    for face in polygonize(lines):
        spot = face.representative_point()
        owner = next((i for i, tree in enumerate(trees) if tree.contains(spot)), None)
        if owner is None and face.area < SLIT_DEG2:
            owner = max(
                range(len(rounded)), key=lambda i: shapely.intersection(rounded[i].boundary, face.boundary).length
            )
        if owner is not None:
            owned[owner].append(face)
    joined = [shapely.coverage_union_all(faces) for faces in owned]
    if not shapely.coverage_is_valid(joined):
        raise ValueError("parcels of a site do not share their borders")
    return joined


def join(shapes):
    """One geometry from neighbouring pieces, their outer vertices unchanged."""
    return shapely.coverage_union_all(list(shapes))


def geojson(shape):
    """GeoJSON MultiPolygon or Polygon, outer rings counter-clockwise, at most 9 decimals."""

    def ring(line):
        return [[round(x, 9), round(y, 9)] for x, y in (c[:2] for c in line.coords)]

    def polygon(part):
        part = shapely.geometry.polygon.orient(part)
        return [ring(part.exterior)] + [ring(hole) for hole in part.interiors]

    parts = polygons(shape)
    if not parts:
        raise ValueError("nothing areal to write")
    if len(parts) == 1:
        return {"type": "Polygon", "coordinates": polygon(parts[0])}
    return {"type": "MultiPolygon", "coordinates": [polygon(p) for p in parts]}


def write_collection(path, name, features):
    """A FeatureCollection with one feature on each line, so that a change is one line in a diff."""
    head = {
        "type": "FeatureCollection",
        "name": name,
        "synthetic": True,
        "note": "虚构演示数据，不代表任何真实矿山、企业或边界 / synthetic demo, no real mine, company or boundary",
        "coordinates": "EPSG:4490 lon/lat, 9 decimals",
    }
    lines = []
    for properties, shape in features:
        feature = {
            "type": "Feature",
            "properties": {**properties, "synthetic": True},
            "geometry": geojson(shape) if shape is not None else None,
        }
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    text = json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [\n' + ",\n".join(lines) + "\n]}\n"
    path.write_text(text, encoding="utf-8")


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
