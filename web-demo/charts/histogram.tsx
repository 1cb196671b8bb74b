/** Counts as bars, with a range that is brushed over them: by pointer here, by two sliders below. */
import { useRef } from 'preact/hooks';
import { formatMicrosShort } from '../format.ts';
import { Slider } from '../parts/slider.tsx';
import type { Span } from '../settings.ts';
import { dragging } from '../state.ts';
import { useWidth } from './use-width.ts';

export interface Bar {
  label: string;
  /** Micros; the pale part behind is what did not convert. */
  sold: number;
  unsold: number;
}

interface Props {
  /** What the bars count by, for screen readers: "touches". */
  name: string;
  bars: Bar[];
  span: Span;
  onSpan: (span: Span) => void;
}

const HEIGHT = 132;
const AXIS = 20;
const TOP = 6;

const inside = ([from, to]: Span, i: number): boolean => i >= from && i <= to;

export const Histogram = ({ name, bars, span, onSpan }: Props) => {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const start = useRef<number | null>(null);
  const most = Math.max(1, ...bars.map(({ sold, unsold }) => sold + unsold));
  const step = width / bars.length;
  const tall = (amount: number): number => (amount / most) * (HEIGHT - AXIS - TOP);
  // Labels of many narrow bars: every second, third, … one.
  const longest = Math.max(...bars.map(({ label }) => label.length));
  const every = Math.max(1, Math.ceil((longest * 6.6 + 8) / Math.max(1, step)));

  const at = (event: PointerEvent): number => {
    const box = frame.current!.getBoundingClientRect();
    const i = Math.floor((event.clientX - box.left) / step);
    return Math.min(Math.max(i, 0), bars.length - 1);
  };
  const brush = (event: PointerEvent): void => {
    if (start.current === null) return;
    const now = at(event);
    onSpan([Math.min(start.current, now), Math.max(start.current, now)]);
  };
  const [from, to] = span;
  const whole = from === 0 && to === bars.length - 1;
  return (
    <div class={whole ? 'histogram whole' : 'histogram'}>
      <div
        ref={frame}
        class="bars"
        onPointerDown={(event) => {
          start.current = at(event);
          event.currentTarget.setPointerCapture(event.pointerId);
          dragging.value = true;
          brush(event);
        }}
        onPointerMove={brush}
        onPointerUp={(event) => {
          dragging.value = false;
          brush(event);
          start.current = null;
        }}
        onPointerCancel={() => {
          dragging.value = false;
          start.current = null;
        }}
      >
        {width > 0 && (
          <svg width={width} height={HEIGHT} aria-hidden="true">
            {bars.map(({ label, sold, unsold }, i) => (
              <g key={label} class={inside(span, i) ? 'in' : 'out'}>
                <rect class="reach" x={i * step} y={0} width={step} height={HEIGHT} />
                <rect
                  class="unsold"
                  x={i * step + 1}
                  y={HEIGHT - AXIS - tall(sold + unsold)}
                  width={Math.max(1, step - 2)}
                  height={tall(unsold)}
                />
                <rect
                  class="sold"
                  x={i * step + 1}
                  y={HEIGHT - AXIS - tall(sold)}
                  width={Math.max(1, step - 2)}
                  height={tall(sold)}
                />
                {i % every === 0 && (
                  <text x={(i + 0.5) * step} y={HEIGHT - 6} text-anchor="middle">
                    {label}
                  </text>
                )}
                <title>
                  {`${label} ${name}: ${formatMicrosShort(sold)} sold${unsold > 0 ? `, ${formatMicrosShort(unsold)} not` : ''}`}
                </title>
              </g>
            ))}
            <line x1={0} x2={width} y1={HEIGHT - AXIS} y2={HEIGHT - AXIS} />
          </svg>
        )}
      </div>
      <fieldset class="span">
        <legend class="visually-hidden">Range of {name}</legend>
        <Slider
          label="From"
          min={0}
          max={bars.length - 1}
          value={from}
          text={bars[from]?.label ?? ''}
          onChange={(n) => onSpan([n, Math.max(n, to)])}
        />
        <Slider
          label="To"
          min={0}
          max={bars.length - 1}
          value={to}
          text={bars[to]?.label ?? ''}
          onChange={(n) => onSpan([Math.min(n, from), n])}
        />
        <button
          type="button"
          class="link"
          disabled={whole}
          onClick={() => onSpan([0, bars.length - 1])}
        >
          All {name}
        </button>
      </fieldset>
    </div>
  );
};
