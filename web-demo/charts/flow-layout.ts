/** Columns of touches and the streams between them, laid out by d3-sankey. */
import { sankey, sankeyLinkHorizontal } from 'd3-sankey';
import type { Amounts, FlowReport } from '../../wasm/binding/reports.ts';

export const WIDTH = 1100;
export const HEIGHT = 520;
const TOP = 26;

export interface FlowNode {
  id: string;
  /** Place of a channel, their number for all others. */
  kind: number | 'sale' | 'none';
  column: number;
  amounts: Amounts;
  x0: number;
  x1: number;
  y0: number;
  y1: number;
}

export interface FlowBand {
  key: string;
  from: FlowNode;
  to: FlowNode;
  amounts: Amounts;
  path: string;
  width: number;
}

interface Spot {
  id: string;
  kind: FlowNode['kind'] | 'prop';
  column: number;
  amounts: Amounts;
  /** A node is as tall as what stands there, also where thin streams are left out. */
  fixedValue: number;
}
interface Step {
  key: string;
  source: string;
  target: string;
  value: number;
  amounts: Amounts;
}

const size = ({ conversions, nulls }: Amounts): number => conversions + nulls;
const none: Amounts = { conversions: 0, value: 0, nulls: 0 };
const plus = (a: Amounts, b: Amounts): Amounts => ({
  conversions: a.conversions + b.conversions,
  value: a.value + b.value,
  nulls: a.nulls + b.nulls,
});

export const layFlow = (report: FlowReport): { nodes: FlowNode[]; bands: FlowBand[] } => {
  const { steps, channels, links } = report;
  const width = channels.length + 1;
  const spots = new Map<string, Spot>();
  const spot = (kind: Spot['kind'], column: number, amounts: Amounts): string => {
    const id = `${column}:${kind}`;
    const known = spots.get(id);
    if (known && (kind === 'sale' || kind === 'none')) {
      known.amounts = plus(known.amounts, amounts);
      known.fixedValue = size(known.amounts);
    } else if (!known) spots.set(id, { id, kind, column, amounts, fixedValue: size(amounts) });
    return id;
  };
  const standing = (place: number, column: number): string =>
    spot(place, column, report.nodes[column * width + place] ?? none);
  const end = (to: number, amounts: Amounts): string =>
    spot(to === width ? 'sale' : 'none', steps, amounts);
  const drawn = links.map(({ step, from, to, conversions, value, nulls }): Step => {
    const amounts = { conversions, value, nulls };
    return {
      key: `${step}:${from}:${to}`,
      source: standing(from, step),
      target: to >= width ? end(to, amounts) : standing(to, step + 1),
      value: size(amounts),
      amounts,
    };
  });
  if (drawn.length === 0) return { nodes: [], bands: [] };
  // The library counts columns by the longest chain of links; one that runs through all holds them
  // apart also where the drawn streams do not.
  const columns = [...new Set([...spots.values()].map(({ column }) => column))].sort(
    (a, b) => a - b,
  );
  const props = columns.map((column) => spot('prop', column, none));
  const rope = props.slice(1).map((target, i): Step => {
    const source = props[i]!;
    return { key: `prop ${i}`, source, target, value: 0, amounts: none };
  });
  const layout = sankey<Spot, Omit<Step, 'source' | 'target'>>()
    .nodeId(({ id }) => id)
    .nodeAlign(({ column }) => columns.indexOf(column))
    .nodeWidth(14)
    .nodePadding(13)
    .extent([
      [1, TOP],
      [WIDTH - 92, HEIGHT - 6],
    ]);
  const graph = layout({
    nodes: [...spots.values()].map((each) => ({ ...each })),
    links: [...rope, ...drawn],
  });
  // Each column in the middle of the height.
  for (const column of columns) {
    const own = graph.nodes.filter((node) => node.column === column && node.kind !== 'prop');
    const top = Math.min(...own.map(({ y0 = 0 }) => y0));
    const bottom = Math.max(...own.map(({ y1 = 0 }) => y1));
    const shift = (TOP + HEIGHT - 6 - top - bottom) / 2;
    for (const node of own) {
      node.y0 = (node.y0 ?? 0) + shift;
      node.y1 = (node.y1 ?? 0) + shift;
    }
  }
  layout.update(graph);
  const { nodes, links: bands } = graph;
  const path = sankeyLinkHorizontal();
  const placed = new Map<string, FlowNode>();
  for (const { id, kind, column, amounts, x0 = 0, x1 = 0, y0 = 0, y1 = 0 } of nodes)
    if (kind !== 'prop') placed.set(id, { id, kind, column, amounts, x0, x1, y0, y1 });
  const idOf = (node: string | number | { id: string }): string =>
    typeof node === 'object' ? node.id : String(node);
  return {
    nodes: [...placed.values()],
    bands: bands.slice(rope.length).map((band) => ({
      key: band.key,
      from: placed.get(idOf(band.source))!,
      to: placed.get(idOf(band.target))!,
      amounts: band.amounts,
      path: path(band as Parameters<typeof path>[0]) ?? '',
      width: Math.max(1, band.width ?? 1),
    })),
  };
};
