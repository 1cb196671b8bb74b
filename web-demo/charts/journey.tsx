/** One journey of the river: its stream, its marks, the sale at its end. */
import { type ChannelLook, colourOf } from '../channels.ts';
import { formatMicros } from '../format.ts';
import { shapePaths } from './mark.tsx';
import type { Row, Touch } from './timeline.ts';

export const rowHeight = 19;

/** Radius of a mark that has all the credit, px, and of one that has none. */
const fullRadius = 9;
const emptyRadius = 2.7;
/** Width of the stream when all of the credit has gathered in it. */
const fullStream = 9;
/** Least distance of two marks, px: touches of one hour would hide one another. */
const leastGap = 7;

/** To a tenth of a pixel: what nobody sees change need not be drawn again as a slider is dragged. */
const tenth = (px: number): number => Math.round(px * 10) / 10;

/** Where the marks of a row stand, px; each keeps its gap to the one after it. */
export const marksAt = ({ touches }: Row, at: (x: number) => number): number[] => {
  const places = touches.map(({ x }) => at(x));
  for (let i = places.length - 2; i >= 0; i--)
    places[i] = Math.min(places[i]!, places[i + 1]! - leastGap);
  return places;
};

interface StreamProps {
  touches: Touch[];
  places: number[];
  end: number;
}

/** The journey's line, which widens at each touch by the credit that joins it. */
const Stream = ({ touches, places, end }: StreamProps) => {
  let gathered = 0;
  return (
    <>
      {touches.map(({ share }, i) => {
        gathered += share;
        const from = places[i]!;
        const width = tenth(Math.min(1, gathered / 1e6) * fullStream);
        return (
          <rect
            key={i}
            class="stream"
            x={from}
            y={-0.5}
            width={Math.max(0, (places[i + 1] ?? end) - from)}
            height={1}
            style={{ transform: `scaleY(${width})` }}
          />
        );
      })}
    </>
  );
};

interface MarkProps {
  touch: Touch;
  look: ChannelLook;
  x: number;
  active: boolean;
}

const Mark = ({ touch, look, x, active }: MarkProps) => {
  const empty = touch.share < 500;
  const radius = empty
    ? emptyRadius
    : tenth(Math.max(emptyRadius, fullRadius * Math.sqrt(touch.share / 1e6)));
  return (
    <path
      class={`mark${empty ? ' empty' : ''}${active ? ' active' : ''}`}
      d={shapePaths[look.shape]}
      style={{ '--mark': colourOf(look), transform: `translate(${x}px, 0px) scale(${radius})` }}
    />
  );
};

interface Props {
  row: Row;
  looks: ChannelLook[];
  at: (x: number) => number;
  /** Top of the row, px. */
  y: number;
  width: number;
  /** Where the stream ends and where the value's right edge is, px. */
  end: number;
  valueX: number;
  /** Index of the touch that is pointed at; null: none of this row. */
  active: number | null;
}

export const Journey = ({ row, looks, at, y, width, end, valueX, active }: Props) => {
  const places = marksAt(row, at);
  return (
    <g
      class={`journey${active === null ? '' : ' active'}`}
      transform={`translate(0,${y + rowHeight / 2})`}
    >
      <rect class="hit" y={-rowHeight / 2} width={width} height={rowHeight} rx={4} />
      <line class="course" x1={places[0] ?? end} x2={end} />
      <Stream touches={row.touches} places={places} end={end} />
      <path class="mouth" d={`M${end - 0.5},-6.5 l7.5,6.5 l-7.5,6.5z`} />
      {row.touches.map((touch, i) => (
        <Mark
          key={i}
          touch={touch}
          look={looks[touch.channel]!}
          x={places[i]!}
          active={active === i}
        />
      ))}
      <text class="worth" x={valueX} y={4} text-anchor="end">
        {formatMicros(row.value)}
      </text>
    </g>
  );
};
