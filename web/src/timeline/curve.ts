import type { TimelinePoint } from "../api/types";
import { type Axis, fractionOf } from "./axis";

/** A box that curves are drawn in; y grows downwards, zero area lies on the floor. */
export interface Box {
  width: number;
  height: number;
}

export type Reading = (point: TimelinePoint) => number;

/** The greatest value of any reading; never zero, so that it can divide. */
export function ceilingOf(series: readonly TimelinePoint[], readings: readonly Reading[]): number {
  let top = 0;
  for (const point of series) for (const read of readings) top = Math.max(top, read(point));
  return top > 0 ? top : 1;
}

type Vertex = [x: number, y: number];

/** Steps, not slopes: between two events nothing is known to have changed. */
function steps(
  series: readonly TimelinePoint[],
  read: Reading,
  axis: Axis,
  box: Box,
  top: number,
): Vertex[] {
  const vertices: Vertex[] = [];
  let last: number | null = null;
  for (const point of series) {
    const x = fractionOf(axis, point.as_of) * box.width;
    const y = box.height - (read(point) / top) * box.height;
    if (last !== null) vertices.push([x, last]);
    vertices.push([x, y]);
    last = y;
  }
  if (last !== null) vertices.push([box.width, last]);
  return vertices;
}

const text = (vertices: readonly Vertex[]) =>
  vertices.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L");

export function linePath(
  series: readonly TimelinePoint[],
  read: Reading,
  axis: Axis,
  box: Box,
  top: number,
): string {
  const vertices = steps(series, read, axis, box, top);
  return vertices.length === 0 ? "" : `M${text(vertices)}`;
}

/** The band between two readings; between a reading and the floor when `lower` is null. */
export function bandPath(
  series: readonly TimelinePoint[],
  upper: Reading,
  lower: Reading | null,
  axis: Axis,
  box: Box,
  top: number,
): string {
  const above = steps(series, upper, axis, box, top);
  if (above.length === 0) return "";
  const below = steps(series, lower ?? (() => 0), axis, box, top).reverse();
  return `M${text(above)}L${text(below)}Z`;
}

/** A short mark on the floor for each day the slider stops at. */
export function tickPath(days: readonly string[], axis: Axis, box: Box, length: number): string {
  return days
    .map(
      (day) =>
        `M${(fractionOf(axis, day) * box.width).toFixed(1)} ${box.height - length}v${length}`,
    )
    .join("");
}
