/** The Markov model taken apart: a chain, what each channel's removal costs, the matrix it follows from. */
import { signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { MarkovReport, MarkovState } from '../../wasm/binding/reports.ts';
import { colourOf } from '../channels.ts';
import { Chain } from '../charts/chain.tsx';
import { KeyMark } from '../charts/mark.tsx';
import { csvRow } from '../csv.ts';
import { formatCount, formatShare } from '../format.ts';
import { Download } from '../parts/download.tsx';
import { Explain } from '../parts/explain.tsx';
import { Frame } from '../parts/frame.tsx';
import { Path } from '../parts/path.tsx';
import { PictureExport } from '../parts/picture-export.tsx';
import { type Figures, howOf, Why } from '../parts/why.tsx';
import { question } from '../question.ts';
import { choose, type Loaded, loaded, settings } from '../state.ts';

/** States of more than one touch, or of many channels, are told as a list this long. */
const LISTED = 40;
const MATRIX_MAX = 16;
/** Channels whose effects are listed at first. */
const EFFECTS = 30;
const everyEffect = signal(false);
/** Circles of the graph; all other channels share one more. */
const SHOWN = 14;

const whole = question('markov', () => {
  const { screen, order } = settings.value;
  return screen === 'markov' ? { order, without: null, shown: SHOWN } : null;
});
const cut = question('markov', ({ summary }) => {
  const { screen, order, removed } = settings.value;
  if (screen !== 'markov' || removed === null || removed >= summary.channels.length) return null;
  return { order, without: removed, shown: SHOWN };
});

const Sentence = ({
  data,
  all,
  now,
  removed,
}: {
  data: Loaded;
  all: MarkovReport;
  now: MarkovReport;
  removed: number | null;
}) => {
  const names = data.summary.channels;
  const best = names
    .map((_, i) => i)
    .reduce((a, b) => (all.effect[b]! > all.effect[a]! ? b : a), 0);
  return (
    <p class="summary" aria-live="polite">
      {removed === null ? (
        <>
          <strong>{formatShare(all.probability)}</strong> of the journeys end in a sale. Taking out{' '}
          <strong>{names[best]}</strong> would cost the most: {formatShare(all.effect[best]!)} of
          the sales. Press a channel to see what it carries.
        </>
      ) : (
        <>
          Without <strong>{names[removed]}</strong>, {formatShare(now.lost)} of the journeys end
          where it stood, and the chance of a sale falls from {formatShare(all.probability)} to{' '}
          <strong>{formatShare(now.without)}</strong>: {formatShare(all.effect[removed]!)} of the
          sales are lost.
        </>
      )}
    </p>
  );
};

const remove = (channel: number | null): void => choose({ removed: channel });

const figures: Figures = [
  ['Chance of a sale', 'of a walk through the chain from Start; solved exactly, not simulated'],
  [
    'Removal effect',
    '1 − chance without the channel ÷ chance with it; without it means that every walk ends unsold where the channel would have come',
  ],
  [
    'Width of a bow',
    'mean number of times that a journey takes the step; a step is journeys that went so ÷ journeys that left the state',
  ],
];

const Effects = ({
  data,
  all,
  removed,
}: {
  data: Loaded;
  all: MarkovReport;
  removed: number | null;
}) => {
  const { channels } = data.summary;
  const order = channels.map((_, i) => i).sort((a, b) => all.effect[b]! - all.effect[a]! || a - b);
  const most = Math.max(1e-9, ...order.map((i) => all.effect[i]!));
  return (
    <section class="panel" aria-labelledby="effects-title">
      <h2 id="effects-title">
        <Why name="Removal effect" how={howOf(figures, 'Removal effect')} model="markov" />{' '}
        <span>of the sales, the part that is lost without it</span>
      </h2>
      <ul class="effects">
        {order.slice(0, everyEffect.value ? undefined : EFFECTS).map((i) => (
          <li key={i}>
            <button
              type="button"
              aria-pressed={removed === i}
              onClick={() => remove(removed === i ? null : i)}
              style={{
                '--part': `${((all.effect[i]! / most) * 100).toFixed(2)}%`,
                '--mark': colourOf(data.looks[i]!),
              }}
            >
              <span class="channel">
                <KeyMark look={data.looks[i]!} />
                {channels[i]}
              </span>
              <span class="effect-bar" aria-hidden="true">
                <i />
                <b />
              </span>
              <data value={String(all.effect[i])}>{formatShare(all.effect[i]!)}</data>
            </button>
          </li>
        ))}
      </ul>
      {order.length > EFFECTS && !everyEffect.value && (
        <button
          type="button"
          class="link"
          onClick={() => {
            everyEffect.value = true;
          }}
        >
          Show all {formatCount(order.length)} channels
        </button>
      )}
      <p class="note">
        The model pays each channel in proportion to its effect. Effects do not add up to one: a
        journey that needs two channels is lost without either.
      </p>
      <Explain model="markov" figures={figures} />
    </section>
  );
};

const nextOf = ({ arcs }: MarkovState, channel: number): number =>
  arcs.find(([to]) => to === channel)?.[1] ?? 0;

const Matrix = ({ data, report }: { data: Loaded; report: MarkovReport }) => {
  const { channels } = data.summary;
  const cell = (p: number, key: string | number) => (
    <td
      key={key}
      class={p > 0 ? 'figure heat' : 'figure none'}
      style={{ '--heat': `${Math.round(Math.sqrt(p) * 70)}%` }}
    >
      <data value={String(p)}>{p > 0 ? (p * 100).toFixed(1) : '·'}</data>
    </td>
  );
  return (
    <table class="compare matrix">
      <caption>
        Transition matrix <span>of those who leave a state, percent by where they go next</span>
      </caption>
      <thead>
        <tr>
          <th scope="col">From</th>
          {channels.map((name) => (
            <th key={name} scope="col" class="figure">
              <span>{name}</span>
            </th>
          ))}
          <th scope="col" class="figure">
            <span>Sale</span>
          </th>
          <th scope="col" class="figure">
            <span>No sale</span>
          </th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">Start</th>
          {channels.map((name, i) =>
            cell(report.states.find((state) => state.channels[0] === i)?.start ?? 0, name),
          )}
          {cell(0, 'sale')}
          {cell(0, 'none')}
        </tr>
        {report.states.map((state) => {
          const channel = state.channels[0]!;
          return (
            <tr key={channel}>
              <th scope="row">
                <span class="channel">
                  <KeyMark look={data.looks[channel]!} />
                  {channels[channel]}
                </span>
              </th>
              {channels.map((name, to) => cell(nextOf(state, to), name))}
              {cell(state.conversion, 'sale')}
              {cell(state.null, 'none')}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
};

const StateList = ({ data, report }: { data: Loaded; report: MarkovReport }) => {
  const { channels } = data.summary;
  const shown = report.states.slice(0, LISTED);
  return (
    <table class="compare matrix-list">
      <caption>
        States and where they lead{' '}
        <span>
          the {formatCount(shown.length)} busiest of {formatCount(report.stateCount)}
        </span>
      </caption>
      <thead>
        <tr>
          <th scope="col">State: the last touches</th>
          <th scope="col" class="figure">
            Visits a journey
          </th>
          <th scope="col" class="figure">
            Sale next
          </th>
          <th scope="col" class="figure">
            No sale
          </th>
          <th scope="col">Most go on to</th>
        </tr>
      </thead>
      <tbody>
        {shown.map((state) => (
          <tr key={state.channels.join()}>
            <th scope="row">
              <Path path={state.channels} names={channels} looks={data.looks} />
            </th>
            <td class="figure">{state.visits.toFixed(3)}</td>
            <td class="figure">{formatShare(state.conversion)}</td>
            <td class="figure">{formatShare(state.null)}</td>
            <td>
              {state.arcs
                .toSorted((a, b) => b[1] - a[1])
                .slice(0, 3)
                .map(([to, p]) => `${channels[to]} ${formatShare(p)}`)
                .join(', ')}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

const csvOf = ({ summary }: Loaded, report: MarkovReport): string => {
  const name = (ids: number[]): string => ids.map((id) => summary.channels[id]).join(' > ');
  const rows = report.states.flatMap((state) => [
    ...(state.start > 0 ? [['(start)', name(state.channels), state.start] as const] : []),
    ...state.arcs.map(([to, p]) => [name(state.channels), summary.channels[to] ?? '', p] as const),
    [name(state.channels), '(conversion)', state.conversion] as const,
    [name(state.channels), '(null)', state.null] as const,
  ]);
  return ['from,to,probability', ...rows.map((row) => csvRow([...row])), ''].join('\n');
};

const Orders = () => (
  <fieldset class="choice">
    <legend>Touches that a state remembers</legend>
    <div class="pills">
      {[1, 2, 3].map((n) => (
        <label key={n} class="pill plain">
          <input
            type="radio"
            name="order"
            checked={settings.value.order === n}
            onChange={() => choose({ order: n })}
          />
          <span>{n}</span>
        </label>
      ))}
    </div>
  </fieldset>
);

const Picture = ({ data, all }: { data: Loaded; all: MarkovReport }) => {
  const picture = useRef<SVGSVGElement>(null);
  const { removed: wanted } = settings.value;
  const { channels } = data.summary;
  const known = wanted !== null && wanted < channels.length;
  // Until the answer with the removal is here, the chain stays as it is.
  const answer = known && cut.value?.ask.without === wanted ? cut.value.answer : null;
  const removed = answer ? wanted : null;
  const now = answer ?? all;
  const byState = settings.value.order > 1 || channels.length > MATRIX_MAX;
  return (
    <>
      <Sentence data={data} all={all} now={now} removed={removed} />
      <div class="picture lab">
        <section class="panel" aria-labelledby="chain-title">
          <div class="panel-head">
            <h2 id="chain-title">
              The chain <span>a bow is as wide as the part of the journeys that take the step</span>
            </h2>
            <Orders />
            <PictureExport picture={picture} name="headwater-markov" />
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it does not fit */}
          <section class="scroll" tabIndex={0} aria-label="The chain as a graph">
            <Chain
              picture={picture}
              whole={all}
              now={now}
              names={channels}
              looks={data.looks}
              removed={removed}
              onRemove={remove}
            />
          </section>
          <p class="chain-foot note">
            {removed === null ? (
              'Pale: what a removal takes away. The thinnest steps are in the table only.'
            ) : (
              <button type="button" class="button" onClick={() => remove(null)}>
                Put {channels[removed]} back
              </button>
            )}
          </p>
        </section>
        <Effects data={data} all={all} removed={removed} />
      </div>
      <section class="panel below">
        <div class="panel-head">
          <p class="note">
            Counted from the journeys of this data
            {settings.value.order > 1 &&
              `, by their last ${settings.value.order} touches; the graph adds states up by their last channel`}
            . No removal is in this table.
          </p>
          <Download name="headwater-transitions.csv" text={() => csvOf(data, all)} />
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it does not fit */}
        <section class="scroll" tabIndex={0} aria-label="Transitions as a table">
          {byState ? <StateList data={data} report={all} /> : <Matrix data={data} report={all} />}
        </section>
      </section>
    </>
  );
};

export const MarkovScreen = () => (
  <Frame
    title="What if a channel were gone?"
    lead="A Markov chain takes every journey as steps between channels. Take one channel out, let its journeys end there, and count the sales again: what is missing is what the model pays it for."
  >
    {loaded.value && whole.value ? (
      <Picture data={loaded.value} all={whole.value.answer} />
    ) : (
      <p class="empty">Counting the chain…</p>
    )}
  </Frame>
);
