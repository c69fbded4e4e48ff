"""Area in m² on the CGCS2000 ellipsoid of polygons whose edges are straight in lon/lat.

The area under an edge is the integral of S(B) dL, where S(B) is the closed form of the area of the
ellipsoid between the equator and latitude B per radian of longitude (the authalic function), taken
along the edge by 8-point Gauss-Legendre. (The program integrates L dS with three points.)
"""

import numpy as np
import shapely
from pyproj import Geod

A = 6378137.0
F = 1 / 298.257222101
E2 = F * (2 - F)
E = np.sqrt(E2)
B_AXIS = A * (1 - F)
# Geometry is kept relative to this corner: the subtraction is exact for doubles this close, and
# overlay in small numbers rounds a thousand times finer than at 113 degrees.
LON0, LAT0 = 113.0, 32.0

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)
_NODES, _WEIGHTS = (_NODES + 1) / 2, _WEIGHTS / 2


def _authalic(sin_b):
    return B_AXIS**2 / 2 * (sin_b / (1 - E2 * sin_b**2) + np.log((1 + E * sin_b) / (1 - E * sin_b)) / (2 * E))


_S0 = _authalic(np.sin(np.radians(np.longdouble(LAT0))))


def _ring_area(coords):
    lon = np.radians(coords[:, 0].astype(np.longdouble))
    lat = np.radians(coords[:, 1].astype(np.longdouble) + LAT0)
    along = lat[:-1, None] + (lat[1:] - lat[:-1])[:, None] * _NODES[None, :]
    mean = ((_authalic(np.sin(along)) - _S0) * _WEIGHTS).sum(axis=1)
    return abs(float((mean * (lon[1:] - lon[:-1])).sum()))


def area_m2(shape):
    """Area of a polygon or collection given relative to (LON0, LAT0); lines and points count 0."""
    total = 0.0
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            total += _ring_area(shapely.get_coordinates(part.exterior))
            total -= sum(_ring_area(shapely.get_coordinates(hole)) for hole in part.interiors)
        elif hasattr(part, "geoms"):
            total += area_m2(part)
    return total


def karney_m2(shape, step_deg=2e-5):
    """Karney's geodesic area on edges densified to about 2 m: another tool's word on `area_m2`."""
    geod = Geod(a=A, f=F)
    shifted = shapely.transform(shapely.segmentize(shape, step_deg), lambda c: c + [LON0, LAT0])
    return (
        abs(geod.geometry_area_perimeter(shapely.geometry.polygon.orient(shifted))[0])
        if shifted.geom_type == "Polygon"
        else sum(karney_m2(part) for part in shape.geoms)
    )
