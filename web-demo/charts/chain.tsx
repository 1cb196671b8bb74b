/** A Markov chain: channels as circles, steps between them as bows; a circle pressed is taken out. */
import type { RefObject } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { MarkovReport } from '../../wasm/binding/reports.ts';
import { type ChannelLook, colourOf } from '../channels.ts';
import { formatShare } from '../format.ts';
import {
  arcsOf,
  type ChainArc,
  type ChainNode,
  ends,
  HEIGHT,
  nodesOf,
  WIDTH,
} from './chain-layout.ts';
import { shapePaths } from './mark.tsx';

interface Props {
  picture: RefObject<SVGSVGElement | null>;
  /** As it is, and with the removed channel out. */
  whole: MarkovReport;
  now: MarkovReport;
  names: string[];
  looks: ChannelLook[];
  /** Index of a channel; null: none is removed. */
  removed: number | null;
  onRemove: (channel: number | null) => void;
}

/** Width of a bow that all journeys take once, px. */
const FULL = 64;
const widthOf = (flow: number): number => Math.max(0.6, flow * FULL);

const neutral = 'var(--ink-soft)';

interface ArcProps {
  arc: ChainArc;
  colour: string;
  state: '' | 'dim' | 'active';
}

const Arc = ({ arc, colour, state }: ArcProps) => {
  const { path, head, whole, now } = arc;
  const size = Math.min(9, 3.5 + widthOf(now) * 0.8);
  return (
    <g class={`arc ${state}`} style={{ '--mark': colour }}>
      <path class="was" d={path} stroke-width={widthOf(whole)} />
      {now > 1e-6 && (
        <>
          <path class="is" d={path} stroke-width={widthOf(now)} />
          <path
            class="head"
            d={`M${-size},${-size * 0.62}L${size * 0.5},0L${-size},${size * 0.62}Z`}
            transform={`translate(${head.x.toFixed(1)} ${head.y.toFixed(1)}) rotate(${head.turn.toFixed(1)})`}
          />
        </>
      )}
    </g>
  );
};

const End = ({ at, label, part }: { at: keyof typeof ends; label: string; part: number }) => {
  const { x, y, r } = ends[at];
  return (
    <g class={`end ${at}`} transform={`translate(${x} ${y})`}>
      <circle r={r} />
      <text y={at === 'start' ? 4 : -2} text-anchor="middle">
        {label}
      </text>
      {at !== 'start' && (
        <text class="part" y={14} text-anchor="middle">
          {formatShare(part)}
        </text>
      )}
    </g>
  );
};

export const Chain = ({ picture, whole, now, names, looks, removed, onRemove }: Props) => {
  const nodes = useMemo(() => nodesOf(whole), [whole]);
  const arcs = useMemo(() => arcsOf(whole, now, nodes), [whole, now, nodes]);
  const [active, setActive] = useState<number | null>(null);
  const [stop, setStop] = useState(0);
  const channelOf = ({ place }: ChainNode): number | null => whole.shown[place] ?? null;
  const nameOf = (node: ChainNode): string => {
    const channel = channelOf(node);
    return channel === null ? 'Other channels' : (names[channel] ?? '');
  };
  const colour = (place: number | string): string => {
    const look = typeof place === 'number' ? looks[whole.shown[place] ?? -1] : undefined;
    return look ? colourOf(look) : neutral;
  };
  const stateOf = ({ from, to }: ChainArc): '' | 'dim' | 'active' =>
    active === null ? '' : from === active || to === active ? 'active' : 'dim';
  const toggle = (node: ChainNode): void => {
    const channel = channelOf(node);
    if (channel !== null) onRemove(channel === removed ? null : channel);
  };
  /** Arrow keys walk around the chain; one circle is a stop of the Tab key. */
  const onKeyDown = (event: KeyboardEvent, i: number): void => {
    const { key } = event;
    if (key === 'Enter' || key === ' ') toggle(nodes[i]!);
    else if (key === 'Escape') onRemove(null);
    else if (/^Arrow/.test(key)) {
      const step = key === 'ArrowRight' || key === 'ArrowDown' ? 1 : -1;
      const next = (i + step + nodes.length) % nodes.length;
      setStop(next);
      const circles = picture.current?.querySelectorAll<SVGGElement>('[role=button]');
      circles?.[next]?.focus();
    } else return;
    event.preventDefault();
  };
  const sum = (list: number[]): number => list.reduce((a, b) => a + b, 0);
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no fieldset
    <svg
      ref={picture}
      class={active === null ? 'chain' : 'chain focused'}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="group"
      aria-label="The chain: press a channel to take it out. The arrow keys move between channels, Escape puts it back."
    >
      {arcs.map((arc) => (
        <Arc
          key={arc.key}
          arc={arc}
          colour={
            arc.from === 'start' ? neutral : arc.to === 'none' ? 'var(--course)' : colour(arc.from)
          }
          state={stateOf(arc)}
        />
      ))}
      <End at="start" label="Start" part={1} />
      <End at="sale" label="Sale" part={sum(now.conversion)} />
      <End at="none" label="No sale" part={1 - sum(now.conversion)} />
      {nodes.map((node, i) => {
        const channel = channelOf(node);
        const look = channel === null ? undefined : looks[channel];
        const out = channel !== null && channel === removed;
        const above = node.y < HEIGHT / 2;
        return (
          // biome-ignore lint/a11y/useSemanticElements: SVG has no button
          <g
            key={node.place}
            class={`node${out ? ' out' : ''}${channel === null ? ' rest' : ''}`}
            transform={`translate(${node.x.toFixed(1)} ${node.y.toFixed(1)})`}
            style={{ '--mark': colour(node.place) }}
            role="button"
            tabIndex={i === Math.min(stop, nodes.length - 1) ? 0 : -1}
            aria-pressed={out}
            aria-disabled={channel === null || undefined}
            aria-label={`${nameOf(node)}: ${node.visits.toFixed(2)} visits a journey${channel === null ? '' : `, removal effect ${formatShare(whole.effect[channel] ?? 0)}`}`}
            onClick={() => toggle(node)}
            onKeyDown={(event) => onKeyDown(event, i)}
            onFocus={() => {
              setActive(node.place);
              setStop(i);
            }}
            onBlur={() => setActive(null)}
            onPointerEnter={() => setActive(node.place)}
            onPointerLeave={() => setActive(null)}
          >
            <circle class="reach" r={Math.max(node.r, 14)} />
            <circle class="body" r={node.r} />
            {look && (
              <path class="sign" d={shapePaths[look.shape]} transform={`scale(${node.r * 0.4})`} />
            )}
            {out && (
              <path
                class="cross"
                d={`M${-node.r},${-node.r}L${node.r},${node.r}M${node.r},${-node.r}L${-node.r},${node.r}`}
              />
            )}
            <text y={above ? -node.r - 7 : node.r + 17} text-anchor="middle">
              {nameOf(node)}
            </text>
          </g>
        );
      })}
    </svg>
  );
};
