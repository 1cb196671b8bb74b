/** Journeys as streams between touches; what is pointed at stands out, and is told in words. */
import type { RefObject } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { FlowReport } from '../../wasm/binding/reports.ts';
import { type ChannelLook, colourOf } from '../channels.ts';
import { formatMicrosShort, formatShare } from '../format.ts';
import { type FlowBand, type FlowNode, HEIGHT, layFlow, WIDTH } from './flow-layout.ts';

interface Props {
  picture: RefObject<SVGSVGElement | null>;
  report: FlowReport;
  names: string[];
  looks: ChannelLook[];
}

export const columnName = (column: number, steps: number): string => {
  const before = steps - 1 - column;
  if (before < 0) return 'The end';
  return before === 0 ? 'Last touch' : before === 1 ? '1 before' : `${before} before`;
};

export const nodeName = (kind: FlowNode['kind'], report: FlowReport, names: string[]): string => {
  if (kind === 'sale') return 'Sale';
  if (kind === 'none') return 'No sale';
  return names[report.channels[kind as number] ?? -1] ?? 'Other channels';
};

const size = ({ conversions, nulls }: FlowNode['amounts']): number => conversions + nulls;

export const Flow = ({ picture, report, names, looks }: Props) => {
  const { nodes, bands } = useMemo(() => layFlow(report), [report]);
  const [active, setActive] = useState<string | null>(null);
  const [stop, setStop] = useState(0);
  const all = Math.max(1, size(report.all));
  const colour = (kind: FlowNode['kind']): string => {
    if (kind === 'sale') return 'var(--accent)';
    const look = typeof kind === 'number' ? looks[report.channels[kind] ?? -1] : undefined;
    return look ? colourOf(look) : 'var(--line-strong)';
  };
  const name = (node: FlowNode): string => nodeName(node.kind, report, names);
  const touched = ({ key, from, to }: FlowBand): boolean =>
    active === key || active === from.id || active === to.id;
  const spoken = (node: FlowNode): string =>
    `${name(node)}, ${columnName(node.column, report.steps).toLowerCase()}: ${formatMicrosShort(size(node.amounts))} journeys, ${formatShare(size(node.amounts) / all)} of all`;
  const told = ({ from, to, amounts }: FlowBand): string =>
    `${name(from)} › ${name(to)}: ${formatMicrosShort(size(amounts))} journeys, of which ${formatMicrosShort(amounts.conversions)} sold`;
  /** Left and right move between columns, up and down within one. */
  const onKeyDown = (event: KeyboardEvent, i: number): void => {
    const here = nodes[i]!;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const along = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') setActive(null);
    if (!step && !along) return;
    event.preventDefault();
    const column = nodes
      .filter((node) => node.column === here.column + (step ?? 0))
      .sort((a, b) => a.y0 - b.y0);
    const middle = (here.y0 + here.y1) / 2;
    const off = (node: FlowNode): number => Math.abs((node.y0 + node.y1) / 2 - middle);
    const target = along
      ? column[column.indexOf(here) + along]
      : column.toSorted((a, b) => off(a) - off(b))[0];
    if (!target) return;
    const next = nodes.indexOf(target);
    setStop(next);
    picture.current?.querySelectorAll<SVGGElement>('[data-node]')[next]?.focus();
  };
  const focused = nodes.find(({ id }) => id === active);
  const band = bands.find(({ key }) => key === active);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it does not fit */}
      <section class="scroll" tabIndex={0} aria-label="The streams as a picture">
        {/* biome-ignore lint/a11y/useSemanticElements: SVG has no fieldset */}
        <svg
          ref={picture}
          class={active === null ? 'flow' : 'flow focused'}
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          role="group"
          aria-label="Streams between touches. The arrow keys walk from touch to touch."
        >
          {Array.from({ length: report.steps + 1 }, (_, column) => {
            const first = nodes.find((node) => node.column === column);
            return (
              first && (
                <text
                  key={columnName(column, report.steps)}
                  class="column"
                  x={column === report.steps ? first.x1 : first.x0}
                  y={14}
                  text-anchor={column === report.steps ? 'end' : 'start'}
                >
                  {columnName(column, report.steps)}
                </text>
              )
            );
          })}
          {bands.map((each) => (
            <path
              key={each.key}
              class={`band ${active === null ? '' : touched(each) ? 'active' : 'dim'}`}
              d={each.path}
              stroke-width={each.width}
              style={{ '--mark': colour(each.from.kind) }}
              onPointerEnter={() => setActive(each.key)}
              onPointerLeave={() => setActive(null)}
            >
              <title>{told(each)}</title>
            </path>
          ))}
          {nodes.map((node, i) => (
            // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: it is read, not pressed
            <g
              key={node.id}
              data-node={node.id}
              class="stand"
              role="img"
              aria-label={spoken(node)}
              tabIndex={i === Math.min(stop, nodes.length - 1) ? 0 : -1}
              style={{ '--mark': colour(node.kind) }}
              onKeyDown={(event) => onKeyDown(event, i)}
              onFocus={() => {
                setActive(node.id);
                setStop(i);
              }}
              onBlur={() => setActive(null)}
              onPointerEnter={() => setActive(node.id)}
              onPointerLeave={() => setActive(null)}
            >
              <rect
                x={node.x0}
                y={node.y0}
                width={node.x1 - node.x0}
                height={Math.max(1.5, node.y1 - node.y0)}
                rx={2}
              />
              <text x={node.x1 + 6} y={(node.y0 + node.y1) / 2 + 4}>
                {name(node)}
                {node.column === report.steps && (
                  <tspan class="part"> {formatMicrosShort(size(node.amounts))}</tspan>
                )}
              </text>
            </g>
          ))}
        </svg>
      </section>
      <p class="note flow-told" aria-live="polite">
        {focused
          ? spoken(focused)
          : band
            ? told(band)
            : 'Point at a stream or a touch, or walk with the arrow keys, to read its figures.'}
      </p>
    </>
  );
};
