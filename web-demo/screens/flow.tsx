/** Who hands over to whom: the last touches of all journeys side by side. */
import { useRef } from 'preact/hooks';
import type { FlowLink, FlowReport } from '../../wasm/binding/reports.ts';
import { columnName, Flow, nodeName } from '../charts/flow.tsx';
import { csvRow } from '../csv.ts';
import {
  exactMicros,
  formatCount,
  formatMicros,
  formatMicrosShort,
  formatShare,
} from '../format.ts';
import { Download } from '../parts/download.tsx';
import { Explain } from '../parts/explain.tsx';
import { Frame, unitOf } from '../parts/frame.tsx';
import { PictureExport } from '../parts/picture-export.tsx';
import { Slider } from '../parts/slider.tsx';
import { type Figures, howOf, Why } from '../parts/why.tsx';
import { question } from '../question.ts';
import { flowsOf } from '../settings.ts';
import { choose, type Loaded, loaded, settings } from '../state.ts';

const flow = question('flow', () => {
  const { screen, steps, flowOf } = settings.value;
  return screen === 'flow' ? { of: flowOf, steps, channels: 8, links: 8 } : null;
});

const ofNames: Record<(typeof flowsOf)[number], string> = {
  all: 'All journeys',
  sales: 'Sold',
  no_sales: 'Not sold',
};

const size = ({ conversions, nulls }: { conversions: number; nulls: number }): number =>
  conversions + nulls;

/** Names of a stream's two ends. */
const endsOf = (link: FlowLink, report: FlowReport, names: string[]): [string, string] => {
  const width = report.channels.length + 1;
  const to = link.to === width ? 'sale' : link.to > width ? 'none' : link.to;
  return [nodeName(link.from, report, names), nodeName(to, report, names)];
};

const Sentence = ({ data, report }: { data: Loaded; report: FlowReport }) => {
  const names = data.summary.channels;
  const between = report.links.filter(({ to }) => to <= report.channels.length);
  const widest = between[0];
  const seller = report.links
    .filter(({ to }) => to === report.channels.length + 1)
    .toSorted((a, b) => b.conversions - a.conversions)[0];
  return (
    <p class="summary" aria-live="polite">
      {widest && (
        <>
          The widest stream between two touches runs from{' '}
          <strong>{endsOf(widest, report, names)[0]}</strong> to{' '}
          <strong>{endsOf(widest, report, names)[1]}</strong>.{' '}
        </>
      )}
      {seller && seller.conversions > 0 && (
        <>
          <strong>{endsOf(seller, report, names)[0]}</strong> is the last touch of{' '}
          {formatMicrosShort(seller.conversions)} of {formatMicrosShort(report.all.conversions)}{' '}
          sales.
        </>
      )}
    </p>
  );
};

const Controls = () => (
  <div class="controls">
    <fieldset class="choice">
      <legend>Journeys</legend>
      <div class="pills">
        {flowsOf.map((of) => (
          <label key={of} class="pill plain">
            <input
              type="radio"
              name="of"
              checked={settings.value.flowOf === of}
              onChange={() => choose({ flowOf: of })}
            />
            <span>{ofNames[of]}</span>
          </label>
        ))}
      </div>
    </fieldset>
    <Slider
      label="Touches"
      min={2}
      max={8}
      value={settings.value.steps}
      text={`last ${settings.value.steps}`}
      onChange={(next) => choose({ steps: next })}
    />
  </div>
);

const csvOf = ({ summary }: Loaded, report: FlowReport): string => {
  const rows = report.links.map((link) => {
    const [from, to] = endsOf(link, report, summary.channels);
    const before = report.steps - 1 - link.step;
    return csvRow([
      before,
      from,
      to,
      ...[link.conversions, link.value, link.nulls].map(exactMicros),
    ]);
  });
  return ['touches_before_last,from,to,conversions,value,nulls', ...rows, ''].join('\n');
};

const figures: Figures = [
  [
    'Journeys',
    'that go from the one touch to the other at this place, counted from their end; of each pair of columns the eight widest streams are drawn, and all into an end',
  ],
  ['Of all', 'those journeys ÷ all journeys of the kind chosen above'],
  ['Value', 'of the sales among them, whole: no model splits it here'],
];

const Twin = ({ data, report }: { data: Loaded; report: FlowReport }) => {
  const all = Math.max(1, size(report.all));
  const rest = report.rest
    .map((amounts, step) => ({ amounts, step }))
    .filter(({ step }) => report.restCount[step]);
  return (
    <details>
      <summary>These streams as a table</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it does not fit */}
      <section class="scroll" tabIndex={0} aria-label="Streams as a table">
        <table class="compare streams">
          <caption class="visually-hidden">Streams between touches, the widest first</caption>
          <thead>
            <tr>
              <th scope="col">Step</th>
              <th scope="col">From</th>
              <th scope="col">To</th>
              <th scope="col" class="figure">
                <Why name="Journeys" how={howOf(figures, 'Journeys')} />
              </th>
              <th scope="col" class="figure">
                <Why name="Of all" how={howOf(figures, 'Of all')}>
                  of all
                </Why>
              </th>
              <th scope="col" class="figure">
                Sold
              </th>
              <th scope="col" class="figure">
                <Why name="Value" how={howOf(figures, 'Value')}>
                  Value {unitOf(data)}
                </Why>
              </th>
            </tr>
          </thead>
          <tbody>
            {report.links.map((link) => {
              const [from, to] = endsOf(link, report, data.summary.channels);
              return (
                <tr key={`${link.step}:${link.from}:${link.to}`}>
                  <td>{columnName(link.step, report.steps)}</td>
                  <th scope="row">{from}</th>
                  <td>{to}</td>
                  <td class="figure">
                    <data value={exactMicros(size(link))}>{formatMicrosShort(size(link))}</data>
                  </td>
                  <td class="figure">{formatShare(size(link) / all)}</td>
                  <td class="figure">{formatMicrosShort(link.conversions)}</td>
                  <td class="figure">{formatMicros(link.value)}</td>
                </tr>
              );
            })}
            {rest.map(({ amounts, step }) => (
              <tr key={`rest ${step}`} class="rest">
                <td>{columnName(step, report.steps)}</td>
                <th scope="row" colSpan={2}>
                  {formatCount(report.restCount[step] ?? 0)} thinner streams together
                </th>
                <td class="figure">
                  <data value={exactMicros(size(amounts))}>{formatMicrosShort(size(amounts))}</data>
                </td>
                <td class="figure">{formatShare(size(amounts) / all)}</td>
                <td class="figure">{formatMicrosShort(amounts.conversions)}</td>
                <td class="figure">{formatMicros(amounts.value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
};

const Picture = ({ data, report }: { data: Loaded; report: FlowReport }) => {
  const picture = useRef<SVGSVGElement>(null);
  const thin = report.restCount.reduce((sum, n) => sum + n, 0);
  return (
    <>
      <Sentence data={data} report={report} />
      <section class="panel" aria-labelledby="flow-title">
        <div class="panel-head">
          <h2 id="flow-title">
            {formatMicrosShort(size(report.all))} journeys{' '}
            <span>
              at their last {report.steps} touches; a stream is as wide as its journeys are many
            </span>
          </h2>
          <Controls />
          <PictureExport picture={picture} name="headwater-flow" />
          <Download name="headwater-flow.csv" text={() => csvOf(data, report)} />
        </div>
        {report.links.length === 0 ? (
          <p class="empty">No journey of this kind is in the data.</p>
        ) : (
          <Flow
            picture={picture}
            report={report}
            names={data.summary.channels}
            looks={data.looks}
          />
        )}
        <Twin data={data} report={report} />
        <Explain figures={figures} />
        <p class="note">
          {size(report.cut) > 0 &&
            `${formatMicrosShort(size(report.cut))} journeys are longer: what came before is not shown. `}
          {thin > 0 &&
            `${formatCount(thin)} thinner streams are not drawn; where they run a block stays bare, and the table adds them up. `}
          A shorter journey begins further right.
        </p>
      </section>
    </>
  );
};

export const FlowScreen = () => (
  <Frame
    title="Who hands over to whom?"
    lead="All journeys, drawn from their end: the last touch before the sale or before nothing, the one before it, and so on. Wide streams are habits worth knowing."
  >
    {loaded.value && flow.value ? (
      <Picture data={loaded.value} report={flow.value.answer} />
    ) : (
      <p class="empty">Counting the streams…</p>
    )}
  </Frame>
);
