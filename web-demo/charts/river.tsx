/** Journeys as horizontal timelines that end in a sale; a mark's area is its part of the credit. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { DatasetJourney } from '../../wasm/binding/types.ts';
import { areKnown, type ChannelLook, colourOf, type Shape } from '../channels.ts';
import { formatMicros, formatShare } from '../format.ts';
import { shapePaths } from './mark.tsx';
import { layOut, type Row, type Tick, type Touch, whenText } from './timeline.ts';

interface Props {
  journeys: DatasetJourney[];
  model: string;
  modelName: string;
  channels: string[];
  looks: ChannelLook[];
  /** Marks follow at once, without gliding. */
  live: boolean;
}

const rowHeight = 19;
const top = 28;
/** Radius of a mark that has all the credit, px. */
const fullRadius = 9;
const emptyRadius = 2.7;
/** Width of the stream when all of the credit has gathered in it. */
const fullStream = 9;

const geometry = (width: number) => {
  const narrow = width < 560;
  const valueWidth = narrow ? 56 : 70;
  return { x0: 10, x1: width - valueWidth - 26, valueX: width - 4, gap: narrow ? 0.2 : 0.09 };
};

const describe = (row: Row, touch: Touch, position: number, channels: string[]): string => {
  const credit = `${formatShare(touch.share / 1e6)} of the credit`;
  const worth = formatMicros((row.value / 1e6) * touch.share);
  const when = whenText(touch, position, row.touches.length);
  return `${channels[touch.channel]}, ${when}: ${credit}, ${worth} of ${formatMicros(row.value)}`;
};

const Axis = ({
  ticks,
  at,
  height,
}: {
  ticks: Tick[];
  at: (x: number) => number;
  height: number;
}) => (
  <g class="axis">
    {ticks.map(({ x, label }) => (
      <g key={label} transform={`translate(${at(x)},0)`}>
        <line y1={top - 8} y2={height} />
        <text y={12} text-anchor={x === 1 ? 'end' : 'middle'} dx={x === 1 ? 10 : 0}>
          {label}
        </text>
      </g>
    ))}
  </g>
);

/** The journey's line, which widens at each touch by the credit that joins it. */
const Stream = ({
  touches,
  at,
  end,
}: {
  touches: Touch[];
  at: (x: number) => number;
  end: number;
}) => {
  let gathered = 0;
  return (
    <>
      {touches.map(({ x, share }, i) => {
        gathered += share;
        const from = at(x);
        const to = i + 1 < touches.length ? at(touches[i + 1]!.x) : end;
        const width = Math.min(1, gathered / 1e6) * fullStream;
        return (
          <rect
            key={i}
            class="stream"
            x={from}
            y={-0.5}
            width={Math.max(0, to - from)}
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
    : Math.max(emptyRadius, fullRadius * Math.sqrt(touch.share / 1e6));
  return (
    <path
      class={`mark${empty ? ' empty' : ''}${active ? ' active' : ''}`}
      d={shapePaths[look.shape]}
      style={{ '--mark': colourOf(look), transform: `translate(${x}px, 0px) scale(${radius})` }}
    />
  );
};

/** Whether the lower left, where short journeys do not reach, is free for the key. */
const leavesRoom = (rows: Row[]): boolean =>
  rows.length > 20 && rows.slice(-9).every(({ touches }) => (touches[0]?.x ?? 1) > 0.34);

const shapeWords: [Shape, string][] = [
  ['circle', 'paid'],
  ['diamond', 'organic'],
  ['square', 'e-mail, messages'],
  ['triangle', 'referred'],
  ['plus', 'display, mixed'],
  ['hexagon', 'direct'],
];

const ShapeKey = () => (
  <ul class="shape-key" aria-hidden="true">
    {shapeWords.map(([shape, words]) => (
      <li key={shape}>
        <svg viewBox="-1.6 -1.6 3.2 3.2" aria-hidden="true">
          <path d={shapePaths[shape]} />
        </svg>
        {words}
      </li>
    ))}
  </ul>
);

interface Focus {
  row: number;
  touch: number;
}

/** Arrow keys move between touches and journeys, Home and End along a journey. */
const moved = (rows: Row[], { row, touch }: Focus, key: string): Focus | null => {
  const nextRow = row + (key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0);
  const inRow = Math.min(Math.max(nextRow, 0), rows.length - 1);
  const last = (rows[inRow]?.touches.length ?? 1) - 1;
  if (key === 'ArrowDown' || key === 'ArrowUp') return { row: inRow, touch: Math.min(touch, last) };
  if (key === 'ArrowRight') return { row, touch: Math.min(touch + 1, last) };
  if (key === 'ArrowLeft') return { row, touch: Math.max(touch - 1, 0) };
  if (key === 'Home') return { row, touch: 0 };
  if (key === 'End') return { row, touch: last };
  return null;
};

export const River = ({ journeys, model, modelName, channels, looks, live }: Props) => {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.round(entry.contentRect.width));
    });
    observer.observe(frame.current!);
    return () => observer.disconnect();
  }, []);

  const focus = useSignal<Focus | null>(null);
  const { x0, x1, valueX, gap } = geometry(width);
  const { rows, ticks, hasTimes } = useMemo(
    () => layOut(journeys, model, gap),
    [journeys, model, gap],
  );
  const at = (x: number) => Math.round((x0 + x * (x1 - x0)) * 10) / 10;
  const height = top + rows.length * rowHeight + 4;

  const shown = focus.value && rows[focus.value.row] ? focus.value : null;
  const row = shown ? rows[shown.row]! : null;
  const touch = shown ? row?.touches[shown.touch] : undefined;

  const onPointerMove = (event: PointerEvent): void => {
    const box = frame.current!.getBoundingClientRect();
    const index = Math.floor((event.clientY - box.top - top) / rowHeight);
    const under = rows[index];
    if (!under) {
      focus.value = null;
      return;
    }
    const x = event.clientX - box.left;
    const distances = under.touches.map((each) => Math.abs(at(each.x) - x));
    focus.value = { row: index, touch: distances.indexOf(Math.min(...distances)) };
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') focus.value = null;
    const next = moved(rows, focus.value ?? { row: 0, touch: 0 }, event.key);
    if (!next) return;
    event.preventDefault();
    focus.value = focus.value ? next : { row: 0, touch: 0 };
  };

  const label = `${rows.length} journeys of converting customers under ${modelName}. Use the arrow keys to walk through the touches, or read the table below.`;
  return (
    <div
      class={`river${live ? ' live' : ''}`}
      ref={frame}
      role="application"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys walk through the chart
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerMove={onPointerMove}
      onPointerLeave={() => {
        focus.value = null;
      }}
      onBlur={() => {
        focus.value = null;
      }}
    >
      {width > 0 && (
        <svg width={width} height={height} aria-hidden="true">
          <Axis ticks={ticks} at={at} height={height} />
          {rows.map(({ touches, value }, i) => (
            <g
              key={i}
              class={`journey${shown?.row === i ? ' active' : ''}`}
              transform={`translate(0,${top + (i + 0.5) * rowHeight})`}
            >
              <rect class="hit" x={0} y={-rowHeight / 2} width={width} height={rowHeight} rx={4} />
              <line class="course" x1={at(touches[0]?.x ?? 1)} x2={x1 + 14} />
              <Stream touches={touches} at={at} end={x1 + 14} />
              {touches.map((each, j) => (
                <Mark
                  key={j}
                  touch={each}
                  look={looks[each.channel]!}
                  x={at(each.x)}
                  active={shown?.row === i && shown.touch === j}
                />
              ))}
              <path class="mouth" d={`M${x1 + 13.5},-6.5 l7.5,6.5 l-7.5,6.5z`} />
              <text class="worth" x={valueX} y={4} text-anchor="end">
                {formatMicros(value)}
              </text>
            </g>
          ))}
          <text class="axis-end" x={valueX} y={12} text-anchor="end">
            value
          </text>
        </svg>
      )}
      {areKnown(channels) && leavesRoom(rows) && width > 640 && <ShapeKey />}
      {shown && row && touch && (
        <div
          class="tip"
          role="presentation"
          style={{
            top: `${top + (shown.row + (shown.row < 4 ? 1.2 : -0.2)) * rowHeight}px`,
            left: `${Math.min(Math.max(at(touch.x), 124), width - 124)}px`,
          }}
          data-below={shown.row < 4}
        >
          <strong>{channels[touch.channel]}</strong>
          <span>{whenText(touch, shown.touch, row.touches.length)}</span>
          <span class="tip-credit">
            {formatShare(touch.share / 1e6)} · {formatMicros((row.value / 1e6) * touch.share)}
          </span>
        </div>
      )}
      <p class="visually-hidden" aria-live="polite">
        {shown && row && touch
          ? `Journey ${shown.row + 1}. ${describe(row, touch, shown.touch, channels)}`
          : ''}
      </p>
      {!hasTimes && rows.length > 0 && (
        <p class="note">This file has the order of the touches, not their times: steps are even.</p>
      )}
    </div>
  );
};

/** The same journeys as text. */
export const RiverTable = ({
  journeys,
  model,
  channels,
}: Pick<Props, 'journeys' | 'model' | 'channels'>) => {
  const { rows } = layOut(journeys, model, 1);
  return (
    <table class="twin">
      <caption class="visually-hidden">Journeys with the credit of each touch</caption>
      <thead>
        <tr>
          <th scope="col">Journey</th>
          <th scope="col">Touches and their part of the credit</th>
          <th scope="col" class="figure">
            Value
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ touches, value }, i) => (
          <tr key={i}>
            <th scope="row">{i + 1}</th>
            <td>
              {touches.map((touch, j) => (
                <span class="twin-touch" key={j}>
                  {channels[touch.channel]} {formatShare(touch.share / 1e6)}{' '}
                  <small>{whenText(touch, j, touches.length)}</small>
                </span>
              ))}
            </td>
            <td class="figure">{formatMicros(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};
