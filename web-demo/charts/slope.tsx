/** How the channels' shares move from model to model: a line each, a column for each model. */
import type { RefObject } from 'preact';
import type { ModelCredit, ModelInterval } from '../../wasm/binding/types.ts';
import { type ChannelLook, colourOf } from '../channels.ts';
import { formatShare } from '../format.ts';
import { modelText } from '../models.ts';
import { shapePaths } from './mark.tsx';

export interface SlopePoint {
  /** 0 … 1. */
  share: number;
  low: number | null;
  high: number | null;
}

export interface SlopeLine {
  channel: string;
  look: ChannelLook;
  /** In the order of the models. */
  points: SlopePoint[];
  /** Greatest less least share over the models. */
  range: number;
}

/** Lines by their disagreement, the greatest first. */
export const slopeLines = (
  channels: string[],
  looks: ChannelLook[],
  credits: (ModelCredit | ModelInterval)[],
  total: number,
  byValue: boolean,
): SlopeLine[] =>
  channels
    .map((channel, i) => {
      const points = credits.map((credit): SlopePoint => {
        const own = (byValue ? credit.value : credit.conversions)[i] ?? 0;
        if (!('valueLow' in credit)) return { share: own / total, low: null, high: null };
        const [low, high] = byValue
          ? [credit.valueLow, credit.valueHigh]
          : [credit.conversionsLow, credit.conversionsHigh];
        return { share: own / total, low: (low[i] ?? 0) / total, high: (high[i] ?? 0) / total };
      });
      const shares = points.map(({ share }) => share);
      const range = shares.length > 0 ? Math.max(...shares) - Math.min(...shares) : 0;
      return { channel, look: looks[i]!, points, range };
    })
    .sort((a, b) => b.range - a.range);

const WIDTH = 980;
const HEIGHT = 430;
const LEFT = 44;
const RIGHT = 150;
const TOP = 34;
const BOTTOM = 14;
const LABEL_GAP = 15;

/** Round steps of the axis: 5, 10 or 20 %. */
const ticksTo = (top: number): number[] => {
  const step = top > 0.6 ? 0.2 : top > 0.25 ? 0.1 : 0.05;
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, i) => i * step);
};

interface Props {
  picture: RefObject<SVGSVGElement | null>;
  lines: SlopeLine[];
  models: string[];
  /** The channel that stands out, if any. */
  active: string | null;
  onActive: (channel: string | null) => void;
}

export const Slope = ({ picture, lines, models, active, onActive }: Props) => {
  const values = lines.flatMap(({ points }) => points.flatMap((p) => [p.share, p.high ?? 0]));
  const least = Math.min(0, ...lines.flatMap(({ points }) => points.map((p) => p.low ?? p.share)));
  const top = Math.max(0.05, ...values) * 1.04;
  const y = (share: number): number =>
    TOP + ((top - share) / (top - least)) * (HEIGHT - TOP - BOTTOM);
  const columns = Math.max(1, models.length - 1);
  const x = (i: number): number => LEFT + 30 + (i / columns) * (WIDTH - LEFT - RIGHT - 60);
  // Names at the right, moved apart from the top down, then back into the frame from below.
  const labels = lines
    .map((line) => ({ line, at: y(line.points.at(-1)?.share ?? 0) }))
    .sort((a, b) => a.at - b.at);
  for (const [i, label] of labels.entries())
    if (i > 0) label.at = Math.max(label.at, labels[i - 1]!.at + LABEL_GAP);
  for (let i = labels.length - 1, floor = HEIGHT - 4; i >= 0; i--, floor -= LABEL_GAP)
    labels[i]!.at = Math.min(labels[i]!.at, floor);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways where it does not fit
    <section class="slope scroll" tabIndex={0} aria-label="Shares by model, as lines">
      <svg ref={picture} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        <g class="axis">
          {ticksTo(top).map((tick) => (
            <g key={tick}>
              <line x1={LEFT} x2={WIDTH - RIGHT} y1={y(tick)} y2={y(tick)} />
              <text x={LEFT - 8} y={y(tick) + 4} text-anchor="end">
                {Math.round(tick * 100)} %
              </text>
            </g>
          ))}
          {models.map((id, i) => (
            <g key={id}>
              <line class="column" x1={x(i)} x2={x(i)} y1={TOP - 6} y2={HEIGHT - BOTTOM} />
              <text x={x(i)} y={16} text-anchor="middle">
                {modelText(id).name}
              </text>
            </g>
          ))}
        </g>
        {lines.map((line) => (
          <g
            key={line.channel}
            class={`slope-line ${active === line.channel ? 'active' : active ? 'dim' : ''}`}
            style={{ '--mark': colourOf(line.look) }}
            onPointerEnter={() => onActive(line.channel)}
            onPointerLeave={() => onActive(null)}
          >
            <path
              class="course"
              d={line.points.map((p, i) => `${i ? 'L' : 'M'}${x(i)},${y(p.share)}`).join('')}
            />
            {line.points.map((p, i) => (
              <g key={models[i]}>
                {p.low !== null && p.high !== null && (
                  <line class="whisker" x1={x(i)} x2={x(i)} y1={y(p.low)} y2={y(p.high)} />
                )}
                <path
                  class="point"
                  d={shapePaths[line.look.shape]}
                  transform={`translate(${x(i)} ${y(p.share)}) scale(4.4)`}
                >
                  <title>{`${line.channel}, ${modelText(models[i] ?? '').name}: ${formatShare(p.share)}`}</title>
                </path>
              </g>
            ))}
          </g>
        ))}
        {labels.map(({ line, at }) => (
          <g
            key={line.channel}
            class={`slope-label ${active === line.channel ? 'active' : active ? 'dim' : ''}`}
            style={{ '--mark': colourOf(line.look) }}
            onPointerEnter={() => onActive(line.channel)}
            onPointerLeave={() => onActive(null)}
          >
            <path
              d={`M${x(models.length - 1) + 8},${y(line.points.at(-1)?.share ?? 0)}L${WIDTH - RIGHT - 2},${at}H${WIDTH - RIGHT + 4}`}
            />
            <text x={WIDTH - RIGHT + 9} y={at + 4}>
              {line.channel}
            </text>
          </g>
        ))}
      </svg>
    </section>
  );
};
