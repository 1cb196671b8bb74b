/** Journeys as horizontal timelines that end in a sale; a mark's area is its part of the credit. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { DatasetJourney } from '../../wasm/binding/types.ts';
import { areKnown, type ChannelLook } from '../channels.ts';
import { formatMicros, formatShare } from '../format.ts';
import { Journey, marksAt, rowHeight } from './journey.tsx';
import { leavesRoom, ShapeKey } from './shape-key.tsx';
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

/** Room for the axis above the first row, px. */
const top = 28;

const geometry = (width: number) => {
  const narrow = width < 560;
  const valueWidth = narrow ? 56 : 70;
  return { x0: 10, x1: width - valueWidth - 26, valueX: width - 4, gap: narrow ? 0.2 : 0.09 };
};

/** Share and worth of a touch; the worth is for reading, the table has the core's figures. */
const creditText = (row: Row, { share }: Touch): string =>
  `${formatShare(share / 1e6)} · ${formatMicros((row.value / 1e6) * share)}`;

interface AxisProps {
  ticks: Tick[];
  at: (x: number) => number;
  height: number;
}

const Axis = ({ ticks, at, height }: AxisProps) => (
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

/** The touch that is pointed at. */
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

interface TipProps {
  row: Row;
  focus: Focus;
  channels: string[];
  /** Of the mark, px. */
  x: number;
  width: number;
}

const Tip = ({ row, focus, channels, x, width }: TipProps) => {
  const touch = row.touches[focus.touch]!;
  const when = whenText(touch, focus.touch, row.touches.length);
  const below = focus.row < 4;
  return (
    <div
      class="tip"
      role="presentation"
      data-below={below}
      style={{
        top: `${top + (focus.row + (below ? 1.2 : -0.2)) * rowHeight}px`,
        left: `${Math.min(Math.max(x, 124), width - 124)}px`,
      }}
    >
      <strong>{channels[touch.channel]}</strong>
      <span>{when}</span>
      <span class="tip-credit">{creditText(row, touch)}</span>
    </div>
  );
};

/** What a screen reader says of the touch that is pointed at. */
const spoken = (row: Row, { row: index, touch: position }: Focus, channels: string[]): string => {
  const touch = row.touches[position]!;
  const when = whenText(touch, position, row.touches.length);
  return `Journey ${index + 1}, worth ${formatMicros(row.value)}. ${channels[touch.channel]}, ${when}: ${creditText(row, touch)}`;
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

  const { x0, x1, valueX, gap } = geometry(width);
  const { rows, ticks, hasTimes } = useMemo(
    () => layOut(journeys, model, gap),
    [journeys, model, gap],
  );
  const at = (x: number): number => Math.round((x0 + x * (x1 - x0)) * 10) / 10;
  const height = top + rows.length * rowHeight + 4;

  const focus = useSignal<Focus | null>(null);
  const leave = (): void => {
    focus.value = null;
  };
  const onPointerMove = (event: PointerEvent): void => {
    const box = frame.current!.getBoundingClientRect();
    const row = Math.floor((event.clientY - box.top - top) / rowHeight);
    const under = rows[row];
    if (!under) {
      leave();
      return;
    }
    const distances = marksAt(under, at).map((x) => Math.abs(x - (event.clientX - box.left)));
    focus.value = { row, touch: distances.indexOf(Math.min(...distances)) };
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') leave();
    const next = moved(rows, focus.value ?? { row: 0, touch: 0 }, event.key);
    if (!next) return;
    event.preventDefault();
    focus.value = focus.value ? next : { row: 0, touch: 0 };
  };

  const now = focus.value;
  const row = now && rows[now.row];
  return (
    <div
      class={`river${live ? ' live' : ''}`}
      // Its place is kept until its width is known, so that nothing below moves.
      style={{ minHeight: `${height}px` }}
      ref={frame}
      role="application"
      aria-label={`${rows.length} journeys under ${modelName}. The arrow keys walk through the touches; a table of them follows.`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys walk through the chart
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerMove={onPointerMove}
      onPointerLeave={leave}
      onBlur={leave}
    >
      {width > 0 && (
        <svg width={width} height={height} aria-hidden="true">
          <Axis ticks={ticks} at={at} height={height} />
          {rows.map((each, i) => (
            <Journey
              key={i}
              row={each}
              looks={looks}
              at={at}
              y={top + i * rowHeight}
              width={width}
              end={x1 + 14}
              valueX={valueX}
              active={now?.row === i ? now.touch : null}
            />
          ))}
          <text class="axis-end" x={valueX} y={12} text-anchor="end">
            value
          </text>
        </svg>
      )}
      {areKnown(channels) && leavesRoom(rows) && width > 640 && <ShapeKey />}
      {now && row && (
        <Tip
          row={row}
          focus={now}
          channels={channels}
          x={marksAt(row, at)[now.touch] ?? 0}
          width={width}
        />
      )}
      <p class="visually-hidden" aria-live="polite">
        {now && row ? spoken(row, now, channels) : ''}
      </p>
      {!hasTimes && rows.length > 0 && (
        <p class="note">This file has the order of the touches, not their times: steps are even.</p>
      )}
    </div>
  );
};
