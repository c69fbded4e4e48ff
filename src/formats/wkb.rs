//! Well-known binary, curves included, to plain polygons.
//!
//! GDAL hands every geometry over in this form; its own conversion to `geo` stops at curves.

use geo::{Coord, LineString};

use super::limits;
use super::source::RawShape;

/// What one geometry held, Z left away and arcs as chords.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    /// All polygons, of collections too.
    pub(super) polygons: RawShape,
    /// All lines.
    pub(super) lines: Vec<LineString<f64>>,
    /// How many points, and shapes of other kinds, there were beside.
    pub(super) others: usize,
    /// Vertices of polygons and lines.
    pub(super) vertices: usize,
    /// Rings of polygons.
    pub(super) rings: usize,
    /// Whether a vertex had a height.
    pub(super) has_z: bool,
    /// Whether an arc was replaced by chords.
    pub(super) has_curves: bool,
}

impl Shapes {
    /// The polygons as one shape, or `None` when there are none.
    pub(super) fn into_area(self) -> Option<RawShape> {
        (!self.polygons.is_empty()).then_some(self.polygons)
    }
}

/// The bytes are not well-known binary, or nested too deep.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// Reads one geometry in the ISO or the older OGC form.
pub(super) fn read(bytes: &[u8]) -> Result<Shapes, Broken> {
    let mut shapes = Shapes::default();
    Reader { rest: bytes }.geometry(&mut shapes, 0)?;
    Ok(shapes)
}

struct Reader<'a> {
    rest: &'a [u8],
}

/// The head of a geometry: byte order, kind without its Z and M, and how many numbers a vertex has.
#[derive(Clone, Copy)]
struct Head {
    little: bool,
    kind: u32,
    has_z: bool,
    numbers: usize,
}

impl Reader<'_> {
    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Broken> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or(Broken)?;
        self.rest = rest;
        Ok(*head)
    }

    fn count(&mut self, little: bool) -> Result<usize, Broken> {
        let bytes = self.bytes::<4>()?;
        let count = if little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        };
        usize::try_from(count).map_err(|_too_big| Broken)
    }

    fn number(&mut self, little: bool) -> Result<f64, Broken> {
        let bytes = self.bytes::<8>()?;
        Ok(if little {
            f64::from_le_bytes(bytes)
        } else {
            f64::from_be_bytes(bytes)
        })
    }

    fn head(&mut self) -> Result<Head, Broken> {
        let [order] = self.bytes::<1>()?;
        let little = match order {
            0 => false,
            1 => true,
            _ => return Err(Broken),
        };
        let bytes = self.bytes::<4>()?;
        let code = if little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        };
        // The older form flags Z, M and an SRID in the top bits; ISO adds 1000, 2000 or 3000.
        let (flag_z, flag_m, flag_srid) = (
            code & 0x8000_0000 != 0,
            code & 0x4000_0000 != 0,
            code & 0x2000_0000 != 0,
        );
        let plain = code & 0x0FFF_FFFF;
        let (iso_z, iso_m) = match plain / 1000 {
            0 => (false, false),
            1 => (true, false),
            2 => (false, true),
            3 => (true, true),
            _ => return Err(Broken),
        };
        if flag_srid {
            self.bytes::<4>()?;
        }
        let (z, m) = (flag_z || iso_z, flag_m || iso_m);
        Ok(Head {
            little,
            kind: plain % 1000,
            has_z: z,
            numbers: 2 + usize::from(z) + usize::from(m),
        })
    }

    fn geometry(&mut self, shapes: &mut Shapes, depth: usize) -> Result<(), Broken> {
        if depth > limits::NESTING {
            return Err(Broken);
        }
        let head = self.head()?;
        match head.kind {
            1 => {
                self.position(head, shapes)?;
                shapes.others += 1;
            }
            2 | 8 | 9 => {
                let line = self.curve(head, shapes, depth)?;
                shapes.vertices += line.len();
                shapes.lines.push(LineString::new(line));
            }
            3 | 17 => self.polygon(head, shapes)?,
            10 => self.curve_polygon(head, shapes, depth)?,
            4..=7 | 11 | 12 => {
                for _ in 0..self.count(head.little)? {
                    self.geometry(shapes, depth + 1)?;
                }
            }
            // A surface in space (multipatch, TIN) has walls that vanish in plan view.
            15 | 16 => {
                let mut faces = Shapes::default();
                for _ in 0..self.count(head.little)? {
                    self.geometry(&mut faces, depth + 1)?;
                }
                shapes.has_z |= faces.has_z;
                shapes.others += 1;
            }
            _ => return Err(Broken),
        }
        Ok(())
    }

    fn position(&mut self, head: Head, shapes: &mut Shapes) -> Result<Coord<f64>, Broken> {
        let (x, y) = (self.number(head.little)?, self.number(head.little)?);
        for extra in 2..head.numbers {
            let value = self.number(head.little)?;
            // KML writes a height of 0 where there is none.
            shapes.has_z |= head.has_z && extra == 2 && value.abs() > 0.0;
        }
        Ok(Coord { x, y })
    }

    fn positions(&mut self, head: Head, shapes: &mut Shapes) -> Result<Vec<Coord<f64>>, Broken> {
        let count = self.count(head.little)?;
        // A count that promises more than there are bytes must not reserve memory.
        if count > self.rest.len() / (8 * head.numbers) {
            return Err(Broken);
        }
        (0..count).map(|_| self.position(head, shapes)).collect()
    }

    fn polygon(&mut self, head: Head, shapes: &mut Shapes) -> Result<(), Broken> {
        let mut rings = Vec::new();
        for _ in 0..self.count(head.little)? {
            rings.push(self.positions(head, shapes)?);
        }
        keep(rings, shapes);
        Ok(())
    }

    fn curve_polygon(
        &mut self,
        head: Head,
        shapes: &mut Shapes,
        depth: usize,
    ) -> Result<(), Broken> {
        let mut rings = Vec::new();
        for _ in 0..self.count(head.little)? {
            let ring = self.head()?;
            rings.push(self.curve(ring, shapes, depth + 1)?);
        }
        keep(rings, shapes);
        Ok(())
    }

    fn curve(
        &mut self,
        head: Head,
        shapes: &mut Shapes,
        depth: usize,
    ) -> Result<Vec<Coord<f64>>, Broken> {
        match head.kind {
            2 => self.positions(head, shapes),
            8 => {
                shapes.has_curves = true;
                Ok(chords(&self.positions(head, shapes)?))
            }
            9 if depth <= limits::NESTING => {
                let mut line: Vec<Coord<f64>> = Vec::new();
                for _ in 0..self.count(head.little)? {
                    let piece = self.head()?;
                    let next = self.curve(piece, shapes, depth + 1)?;
                    // Each piece begins where the last one ended.
                    let skip = usize::from(!line.is_empty());
                    line.extend(next.into_iter().skip(skip));
                }
                Ok(line)
            }
            _ => Err(Broken),
        }
    }
}

fn keep(rings: Vec<Vec<Coord<f64>>>, shapes: &mut Shapes) {
    shapes.rings += rings.len();
    shapes.vertices += rings.iter().map(Vec::len).sum::<usize>();
    if !rings.is_empty() {
        shapes
            .polygons
            .push(rings.into_iter().map(LineString::new).collect());
    }
}

/// A chain of three-point arcs as chords that leave the arc by at most a centimetre.
fn chords(points: &[Coord<f64>]) -> Vec<Coord<f64>> {
    let mut line: Vec<Coord<f64>> = points.first().copied().into_iter().collect();
    for arc in points.windows(3).step_by(2) {
        if let [start, through, end] = arc {
            append_arc(*start, *through, *end, &mut line);
        }
    }
    line
}

fn append_arc(start: Coord<f64>, through: Coord<f64>, end: Coord<f64>, line: &mut Vec<Coord<f64>>) {
    let Some(centre) = centre_of(start, through, end) else {
        line.extend([through, end]);
        return;
    };
    let angle_of = |c: Coord<f64>| (c.y - centre.y).atan2(c.x - centre.x);
    let turn = |from: f64, to: f64| (to - from).rem_euclid(std::f64::consts::TAU);
    let begin = angle_of(start);
    let to_end = match turn(begin, angle_of(end)) {
        0.0 => std::f64::consts::TAU,
        angle => angle,
    };
    // The arc runs the way on which it meets its middle point.
    let sweep = if turn(begin, angle_of(through)) <= to_end {
        to_end
    } else {
        to_end - std::f64::consts::TAU
    };
    let radius = (start.x - centre.x).hypot(start.y - centre.y);
    let pieces = piece_count(radius, sweep.abs(), start);
    for piece in 1..pieces {
        let angle = begin + sweep * f64::from(piece) / f64::from(pieces);
        line.push(Coord {
            x: centre.x + radius * angle.cos(),
            y: centre.y + radius * angle.sin(),
        });
    }
    line.push(end);
}

/// Enough chords that none leaves the arc by more than 1 cm (1e-7 degrees in lon/lat).
fn piece_count(radius: f64, sweep: f64, place: Coord<f64>) -> u32 {
    const FEWEST: u32 = 4;
    const MOST: u32 = 5_000;
    let is_degrees = place.x.abs() <= 360.0 && place.y.abs() <= 90.0;
    let leave = if is_degrees { 1e-7 } else { 0.01 };
    let step = 2.0 * (1.0 - (leave / radius).min(1.0)).acos();
    let wanted = (sweep / step).ceil();
    (FEWEST..=MOST)
        .find(|count| f64::from(*count) >= wanted)
        .unwrap_or(MOST)
}

/// The centre of the circle through three points; of a whole circle, when start and end are one.
fn centre_of(start: Coord<f64>, through: Coord<f64>, end: Coord<f64>) -> Option<Coord<f64>> {
    if start == end {
        return Some(Coord {
            x: start.x.midpoint(through.x),
            y: start.y.midpoint(through.y),
        });
    }
    let (b, c) = (through - start, end - start);
    let doubled = 2.0 * (b.x * c.y - b.y * c.x);
    let (b2, c2) = (b.x * b.x + b.y * b.y, c.x * c.x + c.y * c.y);
    let offset = Coord {
        x: (c.y * b2 - b.y * c2) / doubled,
        y: (b.x * c2 - c.x * b2) / doubled,
    };
    // Nearly straight: the centre is so far away that the chord is the arc.
    let is_near = offset.x.hypot(offset.y) < 1e6 * b2.max(c2).sqrt();
    (offset.x.is_finite() && offset.y.is_finite() && is_near).then_some(start + offset)
}
