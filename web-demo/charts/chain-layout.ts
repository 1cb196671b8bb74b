/** Where the states of a chain stand and how its arcs run: pure geometry. */
import type { MarkovReport } from '../../wasm/binding/reports.ts';

export const WIDTH = 940;
export const HEIGHT = 560;

export interface ChainNode {
  /** Place in `shown`; its length: all other channels. */
  place: number;
  x: number;
  y: number;
  r: number;
  /** Mean visits of a journey, before a removal. */
  visits: number;
}

export interface ChainArc {
  key: string;
  /** Place of the channel, 'start', 'sale' or 'none'. */
  from: number | 'start';
  to: number | 'sale' | 'none';
  /** Steps a journey, before and after the removal. */
  whole: number;
  now: number;
  path: string;
  /** The arrow's head: where, and in which direction, degrees. */
  head: { x: number; y: number; turn: number };
}

export const ends = {
  start: { x: 46, y: HEIGHT / 2, r: 30 },
  sale: { x: WIDTH - 52, y: HEIGHT / 2 - 92, r: 34 },
  none: { x: WIDTH - 52, y: HEIGHT / 2 + 92, r: 34 },
};

const sum = (list: number[]): number => list.reduce((a, b) => a + b, 0);

/** Openers stand left, closers right, on an ellipse. */
export const nodesOf = (report: MarkovReport): ChainNode[] => {
  const places = report.shown.length + 1;
  const visits = Array.from(
    { length: places },
    (_, i) => (report.start[i] ?? 0) + sum(report.flow.map((row) => row[i] ?? 0)),
  );
  const used = visits.map((_, i) => i).filter((i) => visits[i]! > 0);
  const opens = (i: number): number =>
    (report.start[i]! - 1.5 * report.conversion[i]!) / visits[i]!;
  used.sort((a, b) => opens(b) - opens(a));
  const most = Math.max(...visits, 1e-9);
  const spots = used
    .map((_, i) => {
      const angle = ((i + 0.5) / used.length) * 2 * Math.PI;
      return {
        x: WIDTH / 2 - 6 - 262 * Math.cos(angle),
        y: HEIGHT / 2 + 224 * Math.sin(angle),
      };
    })
    .sort((a, b) => a.x - b.x || a.y - b.y);
  return used.map((place, i) => ({
    place,
    ...spots[i]!,
    r: 9 + 21 * Math.sqrt(visits[place]! / most),
    visits: visits[place]!,
  }));
};

interface Spot {
  x: number;
  y: number;
  r: number;
}

/** A bow from rim to rim; there and back bend to different sides. */
const bow = (a: Spot, b: Spot, bend: number): Pick<ChainArc, 'path' | 'head'> => {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = Math.hypot(dx, dy) || 1;
  const mid = {
    x: (a.x + b.x) / 2 - (dy / length) * bend * length,
    y: (a.y + b.y) / 2 + (dx / length) * bend * length,
  };
  const rim = (spot: Spot, gap: number) => {
    const [ex, ey] = [mid.x - spot.x, mid.y - spot.y];
    const way = Math.hypot(ex, ey) || 1;
    return { x: spot.x + (ex / way) * (spot.r + gap), y: spot.y + (ey / way) * (spot.r + gap) };
  };
  const [from, to] = [rim(a, 1), rim(b, 5)];
  const at = (p: { x: number; y: number }) => `${p.x.toFixed(1)},${p.y.toFixed(1)}`;
  const turn = (Math.atan2(b.y - mid.y, b.x - mid.x) * 180) / Math.PI;
  return { path: `M${at(from)}Q${at(mid)} ${at(to)}`, head: { ...to, turn } };
};

/** Arcs between channels that are drawn; the table has all. */
const DRAWN = 44;

/** @param now the same chain with a channel removed, or the same again */
export const arcsOf = (whole: MarkovReport, now: MarkovReport, nodes: ChainNode[]): ChainArc[] => {
  const spot = new Map(nodes.map((node) => [node.place, node]));
  const arcs: ChainArc[] = [];
  for (const a of nodes) {
    arcs.push({
      key: `start-${a.place}`,
      from: 'start',
      to: a.place,
      whole: whole.start[a.place] ?? 0,
      now: now.start[a.place] ?? 0,
      ...bow(ends.start, a, 0.04),
    });
    for (const [to, of] of [
      ['sale', 'conversion'],
      ['none', 'null'],
    ] as const)
      arcs.push({
        key: `${a.place}-${to}`,
        from: a.place,
        to,
        whole: whole[of][a.place] ?? 0,
        now: now[of][a.place] ?? 0,
        ...bow(a, ends[to], to === 'sale' ? -0.05 : 0.05),
      });
  }
  const between = nodes
    .flatMap((a) => nodes.map((b) => [a, b, whole.flow[a.place]?.[b.place] ?? 0] as const))
    .filter(([a, b, flow]) => a !== b && flow > 0)
    .sort((p, q) => q[2] - p[2])
    .slice(0, DRAWN);
  for (const [a, b, flow] of between)
    arcs.push({
      key: `${a.place}-${b.place}`,
      from: a.place,
      to: b.place,
      whole: flow,
      now: now.flow[a.place]?.[b.place] ?? 0,
      ...bow(spot.get(a.place)!, spot.get(b.place)!, 0.14),
    });
  return arcs.filter((arc) => arc.whole > 0);
};
