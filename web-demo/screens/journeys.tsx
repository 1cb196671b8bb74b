/** Which ways people take: top paths, how long they are and take, and one journey opened. */

import type { Amounts, PathReport } from '../../wasm/binding/reports.ts';
import { lagText } from '../arithmetic.ts';
import { type Bar, Histogram } from '../charts/histogram.tsx';
import { csvRow } from '../csv.ts';
import { exactMicros, formatCount, formatMicros, formatMicrosShort } from '../format.ts';
import { Assists } from '../parts/assists.tsx';
import { Download } from '../parts/download.tsx';
import { Explain } from '../parts/explain.tsx';
import { Frame, unitOf } from '../parts/frame.tsx';
import { OneJourney } from '../parts/one-journey.tsx';
import { Path } from '../parts/path.tsx';
import { type Figures, howOf, Why } from '../parts/why.tsx';
import { question } from '../question.ts';
import { LAG_BARS, LENGTH_BARS, topStops } from '../settings.ts';
import { choose, type Loaded, loaded, settings, usableModels } from '../state.ts';

const paths = question('paths', () => {
  const { screen, lengths, lags, top } = settings.value;
  return screen === 'journeys' ? { filter: { length: lengths, lag: lags }, top } : null;
});

/** The journey to open while none is chosen: one that has something to split. */
const worthOpening = ({ paths: list }: PathReport): number | null => {
  const found =
    list.find(({ channels, conversions }) => conversions > 0 && new Set(channels).size > 2) ??
    list.find(({ conversions }) => conversions > 0) ??
    list[0];
  return found?.journeys[0] ?? null;
};

const opened = question('journey', () => {
  const { screen, journey, halfLifeMs, weights } = settings.value;
  const report = paths.value?.answer;
  const index = journey ?? (report ? worthOpening(report) : null);
  if (screen !== 'journeys' || index === null) return null;
  const models = usableModels.value.map(({ id }) => id);
  return { index, models, options: { halfLifeMs, weights } };
});

const LAG_LABELS = ['0', '1', '2', '3–7', '8–14', '15–30', '31–60', '> 60'];

const barsOf = (amounts: Amounts[], label: (i: number) => string): Bar[] =>
  amounts.map(({ conversions, nulls }, i) => ({
    label: label(i),
    sold: conversions,
    unsold: nulls,
  }));

const Sentence = ({ report }: { report: PathReport }) => (
  <p class="summary" aria-live="polite">
    {report.conversions > 0 ? (
      <>
        Half of the <strong>{formatMicrosShort(report.conversions)}</strong> sales come after{' '}
        <strong>
          {report.length.median === 1 ? 'one touch' : `${report.length.median} touches`}
        </strong>{' '}
        or fewer, nine of ten after {report.length.p90}
        {report.lagMs.median >= 0 && (
          <>
            ; half within <strong>{lagText(report.lagMs.median)}</strong> of the first touch, nine
            of ten within {lagText(report.lagMs.p90)}
          </>
        )}
        .
      </>
    ) : (
      'No journey in this range ended in a sale.'
    )}
  </p>
);

const Lengths = ({ report }: { report: PathReport }) => {
  // Bars behind the longest journey would be empty: they are left out together.
  const longest = report.lengths.findLastIndex(({ conversions, nulls }) => conversions + nulls > 0);
  const shown = Math.min(LENGTH_BARS, Math.max(longest + 1, settings.value.lengths[0] + 1, 4));
  const [from, to] = settings.value.lengths;
  const bars = barsOf(report.lengths.slice(0, shown), (i) =>
    i === LENGTH_BARS - 1 ? '> 20' : String(i + 1),
  );
  return (
    <section class="panel" aria-labelledby="lengths-title">
      <h2 id="lengths-title">
        Touches before the end <span>solid: sold; pale: not, so far</span>
      </h2>
      <Histogram
        name="touches"
        bars={bars}
        span={[from, Math.min(to, shown - 1)]}
        onSpan={([a, b]) => choose({ lengths: [a, b === shown - 1 ? LENGTH_BARS - 1 : b] })}
      />
      <p class="note figures">
        Median {report.length.median < 0 ? 'unknown: no sale' : report.length.median}
        {report.length.p90 >= 0 && `, nine of ten within ${report.length.p90}`} (sales only)
      </p>
    </section>
  );
};

const Lags = ({ report }: { report: PathReport }) => (
  <section class="panel" aria-labelledby="lags-title">
    <h2 id="lags-title">
      Days from first touch to sale <span>inside the lookback window</span>
    </h2>
    {report.lags.length === 0 ? (
      <p class="empty">
        This file has the order of the touches, not their times, so nothing can be said of how long
        a sale takes. A touch log has times; a list of paths may have a column <code>times</code>,
        hours before the sale.
      </p>
    ) : (
      <>
        <Histogram
          name="days"
          bars={barsOf(report.lags, (i) => LAG_LABELS[i] ?? '')}
          span={settings.value.lags}
          onSpan={(lags) => choose({ lags })}
        />
        <p class="note figures">
          Median {report.lagMs.median < 0 ? 'unknown: no sale' : lagText(report.lagMs.median)}
          {report.lagMs.p90 >= 0 && `, nine of ten within ${lagText(report.lagMs.p90)}`}
        </p>
      </>
    )}
  </section>
);

const csvOf = (data: Loaded, { paths: list }: PathReport): string => {
  const rows = list.map(({ channels, conversions, value, nulls }) =>
    csvRow([
      channels.map((c) => data.summary.channels[c]).join(' > '),
      ...[conversions, value, nulls].map(exactMicros),
    ]),
  );
  return ['path,total_conversions,total_conversion_value,total_null', ...rows, ''].join('\n');
};

const figures: Figures = [
  ['Sales, not sold', 'journeys with exactly these touches in this order that ended so'],
  ['Value', 'of those sales, whole: a path earns nothing, its channels do'],
  [
    'Median, nine of ten',
    'the least number that half, or nine tenths, of the sales do not exceed (nearest rank)',
  ],
  ['Days from first touch', 'whole days between the oldest touch inside the window and the sale'],
];

const PathTable = ({ data, report, open }: { data: Loaded; report: PathReport; open: number }) => (
  <section class="panel" aria-labelledby="paths-title">
    <div class="panel-head">
      <h2 id="paths-title">
        Top paths{' '}
        <span>
          {formatCount(report.paths.length)} of {formatCount(report.distinct)}, by sales
        </span>
      </h2>
      <label class="check">
        Show
        <select
          value={settings.value.top}
          onChange={(event) => choose({ top: Number(event.currentTarget.value) })}
        >
          {topStops.map((n) => (
            <option key={n} value={n}>
              {n}
            </option>
          ))}
        </select>
      </label>
      <Download name="headwater-paths.csv" text={() => csvOf(data, report)} />
    </div>
    {report.paths.length === 0 ? (
      <p class="empty">No journey is this long and takes this time. Widen the ranges above.</p>
    ) : (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it does not fit
      <section class="scroll" tabIndex={0} aria-label="Top paths">
        <table class="compare paths">
          <caption class="visually-hidden">Top paths with sales, value and journeys unsold</caption>
          <thead>
            <tr>
              <td />
              <th scope="col">Path</th>
              <th scope="col" class="figure">
                <Why name="Sales, not sold" how={howOf(figures, 'Sales, not sold')}>
                  Sales
                </Why>
              </th>
              <th scope="col" class="figure">
                <Why name="Value" how={howOf(figures, 'Value')}>
                  Value {unitOf(data)}
                </Why>
              </th>
              <th scope="col" class="figure">
                <Why name="Sales, not sold" how={howOf(figures, 'Sales, not sold')}>
                  Not sold
                </Why>
              </th>
            </tr>
          </thead>
          <tbody>
            {report.paths.map(({ channels, conversions, value, nulls, journeys }) => (
              <tr key={channels.join()} class={journeys.includes(open) ? 'active' : ''}>
                <td>
                  <button
                    type="button"
                    class="link"
                    aria-label={`Open a journey: ${channels.map((c) => data.summary.channels[c]).join(', ')}`}
                    onClick={() => choose({ journey: journeys[0] ?? null })}
                  >
                    Open
                  </button>
                </td>
                <th scope="row">
                  <Path path={channels} names={data.summary.channels} looks={data.looks} />
                </th>
                <td class="figure">
                  <data value={exactMicros(conversions)}>{formatMicrosShort(conversions)}</data>
                </td>
                <td class="figure">
                  <data value={exactMicros(value)}>{formatMicros(value)}</data>
                </td>
                <td class="figure">
                  <data value={exactMicros(nulls)}>{formatMicrosShort(nulls)}</data>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    )}
    <Explain figures={figures} />
  </section>
);

const Opened = ({ data, report }: { data: Loaded; report: PathReport }) => {
  const now = opened.value;
  if (!now?.answer.journey)
    return (
      <section class="panel beside">
        <h2>One journey</h2>
        <p class="empty">
          {now ? 'There is no such journey in this data.' : 'Open a path to see a journey of it.'}
        </p>
      </section>
    );
  const { ask, answer } = now;
  const { journey, credits } = answer;
  const siblings = report.paths.find(({ journeys }) => journeys.includes(ask.index))?.journeys;
  const at = siblings?.indexOf(ask.index) ?? -1;
  const go = (step: number) => choose({ journey: siblings?.[at + step] ?? ask.index });
  return (
    <section class="panel beside" aria-labelledby="one-title">
      <div class="panel-head">
        <h2 id="one-title">
          One journey{' '}
          {siblings && siblings.length > 1 && (
            <span>
              {at + 1} of {siblings.length} with this path
            </span>
          )}
        </h2>
        {siblings && siblings.length > 1 && (
          <span class="steps">
            <button type="button" class="button" disabled={at <= 0} onClick={() => go(-1)}>
              Previous
            </button>
            <button
              type="button"
              class="button"
              disabled={at >= siblings.length - 1}
              onClick={() => go(1)}
            >
              Next
            </button>
          </span>
        )}
      </div>
      {journey && (
        <OneJourney data={data} journey={journey} models={ask.models} credits={credits} />
      )}
    </section>
  );
};

const Picture = ({ data, report }: { data: Loaded; report: PathReport }) => (
  <>
    <Sentence report={report} />
    <div class="halves">
      <Lengths report={report} />
      <Lags report={report} />
    </div>
    {report.lags.length > 0 && settings.value.lags.join() !== `0,${LAG_BARS - 1}` && (
      <p class="note range-note">
        A journey that was not sold has no time to a sale: with a range of days chosen, only sales
        count.
      </p>
    )}
    <div class="picture journeys-list">
      <PathTable data={data} report={report} open={opened.value?.ask.index ?? -1} />
      <Opened data={data} report={report} />
    </div>
    <Assists data={data} report={report} />
  </>
);

export const JourneysScreen = () => (
  <Frame
    title="Which ways lead to a sale?"
    lead="The paths that journeys take, how many touches and how much time they need. Drag over the bars to keep some lengths or times; open a journey to see how each model splits its sale."
  >
    {loaded.value && paths.value ? (
      <Picture data={loaded.value} report={paths.value.answer} />
    ) : (
      <p class="empty">Counting the paths…</p>
    )}
  </Frame>
);
