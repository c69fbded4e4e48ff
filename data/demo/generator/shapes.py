"""Shapes of worked ground in plane metres (EPSG:4547): terraces, crescents, fans, strips, yards.

Everything comes from a `Grid`: rows of points ("levels", as contour lines around a pit or up a
hillside) cut by stations along the row. A parcel is the block between two levels and two
stations, so neighbours share every vertex of their common border.
"""

import math

from shapely.geometry import Polygon


class Grid:
    """Points by level and station; `levels[k][j]` is (x, y) in metres."""

    def __init__(self, levels, closed):
        self.levels = levels
        self.closed = closed
        self.stations = len(levels[0])

    def point(self, level, station):
        row = self.levels[level]
        return row[station % len(row)] if self.closed else row[station]

    def block(self, low, high, first, last):
        """Ground between two levels and two stations, with every grid point on its border."""
        ring = [self.point(low, j) for j in range(first, last + 1)]
        ring += [self.point(k, last) for k in range(low + 1, high)]
        ring += [self.point(high, j) for j in range(last, first - 1, -1)]
        ring += [self.point(k, first) for k in range(high - 1, low, -1)]
        kept = [p for i, p in enumerate(ring) if math.dist(p, ring[i - 1]) > 0.01]
        return Polygon(kept)

    def inside(self):
        """Ground enclosed by the lowest level of a closed grid."""
        return Polygon(self.levels[0])


def wave(rng, orders, size):
    """A smooth periodic function of an angle with amplitude about `size`."""
    terms = [(k, size * rng.uniform(0.4, 1.0) / math.sqrt(k), rng.uniform(0, 2 * math.pi)) for k in orders]
    return lambda angle: sum(a * math.cos(k * angle + p) for k, a, p in terms)


def pit_grid(rng, centre, floor_radius, widths, stretch=0.2, step=19.0):
    """Nested contour-like rings around a pit; `widths` alternate slope, bench, slope, bench …"""
    turn = rng.uniform(0, math.pi)
    outline = wave(rng, (2, 3, 4, 5), 0.09)
    fine = wave(rng, (7, 9, 11), 0.02)
    swells = [wave(rng, (1, 2, 3), 0.22) for _ in widths]
    outer = floor_radius + sum(widths)
    count = max(36, round(2 * math.pi * outer / step / 6) * 6)
    levels = []
    for level in range(len(widths) + 1):
        row = []
        for j in range(count):
            angle = 2 * math.pi * j / count
            shape = 1 + outline(angle) + fine(angle) + stretch * math.cos(2 * (angle - turn))
            radius = floor_radius * shape
            for width, swell in zip(widths[:level], swells):
                radius += width * (1 + swell(angle)) * (0.6 + 0.4 * shape)
            row.append((centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)))
        levels.append(row)
    return Grid(levels, closed=True)


def crescent_grid(rng, centre, radius, widths, facing, spread, step=19.0):
    """Terraces of a hillside face open towards `facing` (radians); they pinch out at both tips."""
    outline = wave(rng, (2, 3, 5), 0.07)
    fine = wave(rng, (8, 11), 0.018)
    swells = [wave(rng, (2, 3), 0.2) for _ in widths]
    count = max(18, round(spread * (radius + sum(widths)) / step))
    levels = []
    for level in range(len(widths) + 1):
        row = []
        for j in range(count + 1):
            part = j / count
            angle = facing + math.pi - spread / 2 + spread * part
            taper = math.sin(math.pi * part) ** 0.55 if 0 < j < count else 0.0
            reach = radius * (1 + outline(angle) + fine(angle))
            for width, swell in zip(widths[:level], swells):
                reach += width * taper * (1 + swell(angle))
            row.append((centre[0] + reach * math.cos(angle), centre[1] + reach * math.sin(angle)))
        levels.append(row)
    return Grid(levels, closed=False)


def crescent_floor(rng, grid, centre, facing, depth):
    """The floor between a crescent's lowest level and its open front."""
    tip_b, tip_a = grid.point(0, grid.stations - 1), grid.point(0, 0)
    front = []
    for part in (0.12, 0.28, 0.45, 0.6, 0.75, 0.9):
        x = tip_b[0] + (tip_a[0] - tip_b[0]) * part
        y = tip_b[1] + (tip_a[1] - tip_b[1]) * part
        bulge = depth * math.sin(math.pi * part) * rng.uniform(0.75, 1.2)
        front.append((x + bulge * math.cos(facing), y + bulge * math.sin(facing)))
    return Polygon(list(grid.levels[0]) + front)


def fan_grid(rng, apex, heading, spread, reach, cuts=(0.3, 0.62, 0.8, 1.0), step=15.0):
    """A tipped dump: lobes spreading from the tipping edge at `apex`; levels are crest to toe."""
    count = max(10, round(spread * reach / step))
    phase, lobes = rng.uniform(0, 0.6), rng.choice((3, 4))
    jitter = [rng.uniform(-0.02, 0.02) for _ in range(count + 1)]
    levels = []
    for cut in cuts:
        row = []
        for j in range(count + 1):
            part = j / count
            angle = heading - spread / 2 + spread * part
            side = 0.62 + 0.38 * math.sin(math.pi * min(1, max(0, part))) ** 0.5
            lobe = 0.9 + 0.1 * abs(math.sin(lobes * math.pi * part + phase))
            wobble = 1 if cut == cuts[0] else side * (1 + (lobe - 1) * cut) + jitter[j] * cut
            row.append(
                (apex[0] + reach * cut * wobble * math.cos(angle), apex[1] + reach * cut * wobble * math.sin(angle))
            )
        levels.append(row)
    return Grid(levels, closed=False)


def strip_grid(line, offsets):
    """Rows parallel to a centre line at the given offsets (left positive), one point per vertex."""
    normals = []
    for j in range(len(line)):
        a, b = line[max(0, j - 1)], line[min(len(line) - 1, j + 1)]
        length = math.dist(a, b)
        normals.append((-(b[1] - a[1]) / length, (b[0] - a[0]) / length))
    rows = []
    for offset in offsets:
        rows.append([(p[0] + n[0] * offset(j), p[1] + n[1] * offset(j)) for j, (p, n) in enumerate(zip(line, normals))])
    return Grid(rows, closed=False)


def yard_grid(rng, corner, heading, columns, rows, jitter=3.0):
    """A block plan: `columns` and `rows` are widths in metres; corners are a little irregular."""
    across, up = (math.cos(heading), math.sin(heading)), (-math.sin(heading), math.cos(heading))
    levels, v = [], 0.0
    for k in range(len(rows) + 1):
        row, u = [], 0.0
        for j in range(len(columns) + 1):
            du, dv = rng.uniform(-jitter, jitter), rng.uniform(-jitter, jitter)
            row.append(
                (
                    corner[0] + across[0] * (u + du) + up[0] * (v + dv),
                    corner[1] + across[1] * (u + du) + up[1] * (v + dv),
                )
            )
            u += columns[j] if j < len(columns) else 0
        levels.append(row)
        v += rows[k] if k < len(rows) else 0
    return Grid(levels, closed=False)


def blob(rng, centre, radius, stretch=0.3, count=30):
    """A smooth closed outline, for ponds."""
    outline, turn = wave(rng, (2, 3, 4), 0.12), rng.uniform(0, math.pi)
    ring = []
    for j in range(count):
        angle = 2 * math.pi * j / count
        reach = radius * (1 + outline(angle) + stretch * math.cos(2 * (angle - turn)))
        ring.append((centre[0] + reach * math.cos(angle), centre[1] + reach * math.sin(angle)))
    return Polygon(ring)


def curve(rng, start, end, step, sway):
    """A road's centre line: a gentle double bend from start to end with a vertex every `step` m."""
    length = math.dist(start, end)
    count = max(4, round(length / step))
    nx, ny = -(end[1] - start[1]) / length, (end[0] - start[0]) / length
    a, b = rng.uniform(0.6, 1) * sway, rng.uniform(-0.5, 0.5) * sway
    line = []
    for j in range(count + 1):
        part = j / count
        off = a * math.sin(math.pi * part) + b * math.sin(3 * math.pi * part)
        line.append(
            (start[0] + (end[0] - start[0]) * part + nx * off, start[1] + (end[1] - start[1]) * part + ny * off)
        )
    return line
