/** Every model side by side: where they agree, and who wins or loses by the choice. */
import { signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { looksOf } from '../channels.ts';
import { KeyMark } from '../charts/mark.tsx';
import { Slope, type SlopeLine, slopeLines } from '../charts/slope.tsx';
import { csvRow } from '../csv.ts';
import { formatShare } from '../format.ts';
import { modelText } from '../models.ts';
import { Download } from '../parts/download.tsx';
import { Explain } from '../parts/explain.tsx';
import { Frame } from '../parts/frame.tsx';
import { PictureExport } from '../parts/picture-export.tsx';
import { type Figures, howOf, Why } from '../parts/why.tsx';
import {
  type Comparison,
  choose,
  comparison,
  intervalsWanted,
  type Loaded,
  loaded,
} from '../state.ts';

const active = signal<string | null>(null);

const Sentence = ({ lines, models }: { lines: SlopeLine[]; models: string[] }) => {
  const [first] = lines;
  const last = lines.at(-1);
  if (!first || !last || models.length < 2) return null;
  const shares = first.points.map(({ share }) => share);
  const [high, low] = [Math.max(...shares), Math.min(...shares)];
  const by = (share: number) => modelText(models[shares.indexOf(share)] ?? '').name;
  return (
    <p class="summary" aria-live="polite">
      The models disagree most about <strong>{first.channel}</strong>: {formatShare(high)} of the
      total by {by(high)}, {formatShare(low)} by {by(low)}. They agree most about{' '}
      <strong>{last.channel}</strong>.
    </p>
  );
};

const shareText = (line: SlopeLine, i: number): string => formatShare(line.points[i]?.share ?? 0);

const csvOf = (lines: SlopeLine[], models: string[], intervals: boolean): string => {
  const head = models.flatMap((id) => (intervals ? [id, `${id}_low`, `${id}_high`] : [id]));
  const rows = lines.map(({ channel, points, range }) => {
    const cells = points.flatMap(({ share, low, high }) =>
      intervals ? [share, low ?? share, high ?? share] : [share],
    );
    return csvRow([channel, ...[...cells, range].map((n) => n.toFixed(6))]);
  });
  return `${['channel', ...head, 'range'].join(',')}\n${rows.join('\n')}\n`;
};

const figures: Figures = [
  ['Share', 'what the model credits the channel with ÷ the total of the data'],
  ['Range', 'greatest share less least share over the models: how much the choice decides'],
  [
    'Intervals',
    '95 %: the journeys are drawn anew 200 times (Poisson bootstrap, seed 1), each model runs on each draw; the middle 95 % of its answers',
  ],
  [
    'Parameters',
    'half-life and position weights are those of the River screen; Markov has order 1, Shapley compares journeys of buyers and others, hazard is fitted',
  ],
];

const CompareTable = ({ lines, models }: { lines: SlopeLine[]; models: string[] }) => {
  const greatest = Math.max(1e-9, ...lines.flatMap(({ points }) => points.map((p) => p.share)));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways where it does not fit
    <section class="scroll" tabIndex={0} aria-label="Shares by model, as a table">
      <table class="compare">
        <caption>
          Share by channel and model <span>the channels that models disagree about come first</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">Channel</th>
            {models.map((id) => (
              <th key={id} scope="col" class="figure">
                <Why
                  name={`Share under ${modelText(id).name}`}
                  how={howOf(figures, 'Share')}
                  model={id}
                >
                  {modelText(id).name}
                </Why>
              </th>
            ))}
            <th scope="col" class="figure">
              <Why name="Range" how={howOf(figures, 'Range')} />
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr
              key={line.channel}
              class={active.value === line.channel ? 'active' : ''}
              onPointerEnter={() => {
                active.value = line.channel;
              }}
              onPointerLeave={() => {
                active.value = null;
              }}
            >
              <th scope="row">
                <span class="channel">
                  <KeyMark look={line.look} />
                  {line.channel}
                </span>
              </th>
              {line.points.map(({ share, low, high }, i) => (
                <td
                  key={models[i]}
                  class="figure heat"
                  style={{ '--heat': `${Math.round((Math.max(0, share) / greatest) * 55)}%` }}
                >
                  {shareText(line, i)}
                  {low !== null && high !== null && (
                    <small>
                      {(low * 100).toFixed(1)}–{(high * 100).toFixed(1)}
                    </small>
                  )}
                </td>
              ))}
              <td class="figure share">{formatShare(line.range)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};

const Picture = ({ data, shown }: { data: Loaded; shown: Comparison }) => {
  const { summary } = data;
  const byValue = summary.value > 0;
  const total = (byValue ? summary.value : summary.conversions) || 1;
  const looks = looksOf(shown.channels);
  const lines = slopeLines(shown.channels, looks, shown.credits, total, byValue);
  const models = shown.credits.map(({ model }) => model);
  const picture = useRef<SVGSVGElement>(null);
  return (
    <>
      <Sentence lines={lines} models={models} />
      <section class="panel" aria-labelledby="slope-title">
        <div class="panel-head">
          <h2 id="slope-title">
            Share of the {byValue ? 'value' : 'conversions'} under each model{' '}
            <span>
              {shown.intervals
                ? 'whiskers: 95 % intervals from 200 replicates'
                : 'a steep line is a channel that lives by the choice of model'}
            </span>
          </h2>
          <label class="check">
            <input
              type="checkbox"
              checked={intervalsWanted.value}
              onChange={(event) => {
                choose({ intervals: event.currentTarget.checked });
              }}
            />
            Intervals
          </label>
          <PictureExport picture={picture} name="headwater-compare" />
          <Download
            name="headwater-compare.csv"
            text={() => csvOf(lines, models, shown.intervals)}
          />
        </div>
        <Slope
          picture={picture}
          lines={lines}
          models={models}
          active={active.value}
          onActive={(channel) => {
            active.value = channel;
          }}
        />
        {shown.more && (
          <p class="note" aria-live="polite">
            {models.length} models done, the next is under way…
          </p>
        )}
        {shown.leftOut.map(({ model, why }) => (
          <p class="note" key={model}>
            {modelText(model).name} is left out: {why}.
          </p>
        ))}
      </section>
      <section class="panel below">
        <CompareTable lines={lines} models={models} />
        <Explain figures={figures} />
        <p class="note">
          Hazard and its like estimate what the touches caused and leave the rest to{' '}
          <strong>(organic)</strong>; the others share out every sale.
        </p>
      </section>
    </>
  );
};

export const CompareScreen = () => (
  <Frame
    title="Which model pays whom?"
    lead="The same journeys under every model. Where the lines run level the choice does not matter; where they cross, budgets are decided by it."
  >
    {loaded.value && comparison.value && comparison.value.credits.length > 0 ? (
      <Picture data={loaded.value} shown={comparison.value} />
    ) : (
      <p class="empty">Crediting under every model…</p>
    )}
  </Frame>
);
