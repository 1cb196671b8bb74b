/** What channels cost beside what they are credited: ROAS, cost per sale and per customer, by model. */
import { computed } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Kpi, Money } from '../../wasm/binding/money.ts';
import { colourOf } from '../channels.ts';
import { KeyMark } from '../charts/mark.tsx';
import { csvRow } from '../csv.ts';
import { exactMicros, formatCount, formatMicros } from '../format.ts';
import { comparedModels, modelText } from '../models.ts';
import { Download } from '../parts/download.tsx';
import { Explain } from '../parts/explain.tsx';
import { Frame, unitOf } from '../parts/frame.tsx';
import { ModelSwitch } from '../parts/model-switch.tsx';
import { Slider } from '../parts/slider.tsx';
import { type Figures, howOf, Why } from '../parts/why.tsx';
import { question } from '../question.ts';
import { openSpend, type SpendShown, spend } from '../spend.ts';
import { choose, type Loaded, loaded, model, settings } from '../state.ts';

/** The currencies of the spend file, the one with the most rows first. */
const currencies = computed((): string[] => {
  const rows = new Map<string, number>();
  for (const { currency, rows: n } of spend.value?.file.sums ?? [])
    rows.set(currency, (rows.get(currency) ?? 0) + n);
  return [...rows].sort((a, b) => b[1] - a[1]).map(([code]) => code);
});

/** Only spend in one currency can be added up: the sample's own, or the chosen one. */
const currency = computed((): string => {
  const list = currencies.value;
  const { currency: wanted } = settings.value;
  if (list.includes(wanted)) return wanted;
  const own = loaded.value ? unitOf(loaded.value) : '';
  return list.includes(own) ? own : (list[0] ?? '');
});

interface Matched {
  costs: [channel: number, cost: number][];
  /** Names of the file that no journey has. */
  strangers: string[];
  other: number;
  /** Rows in other currencies. */
  elsewhere: number;
}

const matched = computed((): Matched | null => {
  const data = loaded.value;
  const now = spend.value;
  if (!data || !now) return null;
  const names = data.summary.channels.map((name) => name.trim().toLowerCase());
  const found: Matched = { costs: [], strangers: [], other: 0, elsewhere: 0 };
  for (const { channel, currency: code, cost, rows } of now.file.sums) {
    const at = names.indexOf(channel.trim().toLowerCase());
    if (code !== currency.value) found.elsewhere += rows;
    else if (at >= 0) found.costs.push([at, cost]);
    else {
      found.strangers.push(channel);
      found.other += cost;
    }
  }
  return found;
});

const money = question('money', ({ summary }) => {
  const { screen, halfLifeMs, weights, cut, cutChannel } = settings.value;
  const now = matched.value;
  if (screen !== 'money' || !now) return null;
  const dearest = now.costs.toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? null;
  const channel =
    cutChannel !== null && cutChannel < summary.channels.length ? cutChannel : dearest;
  const { costs, other } = now;
  return {
    models: comparedModels.map(({ id }) => id),
    spend: { costs, other, cut: channel === null ? null : { channel, percent: cut } },
    options: { halfLifeMs, weights },
  };
});

type Answer = NonNullable<typeof money.value>;

const times = (micros: number | null): string =>
  micros === null ? '–' : (micros / 1e6).toFixed(2);
const amount = (micros: number | null): string => (micros === null ? '–' : formatMicros(micros));

const whyNoRoas = ({ cost }: Kpi): string => (cost === null ? 'no spend' : 'spend is 0');

const SpendPicker = () => {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="button" onClick={() => input.current?.click()}>
        Open a spend CSV
      </button>
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        accept=".csv,.tsv,.txt,text/csv"
        aria-label="CSV file of spend"
        tabIndex={-1}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) openSpend(file);
          event.currentTarget.value = '';
        }}
      />
    </>
  );
};

const day = (ms: number): string =>
  new Date(ms).toLocaleDateString('en', { dateStyle: 'medium', timeZone: 'UTC' });

const SpendLine = ({ now }: { now: SpendShown }) => {
  const { file, name } = now;
  const { strangers, elsewhere } = matched.value ?? { strangers: [], elsewhere: 0 };
  return (
    <div class="spend-line">
      <p>
        <strong>{name ?? 'Made-up spend for the made-up shop'}</strong>: {formatCount(file.rows)}{' '}
        rows
        {file.to >= file.from && `, ${day(file.from)} to ${day(file.to)}`}
        {currency.value && `, in ${currency.value}`}.
        {file.badRows > 0 && ` ${formatCount(file.badRows)} rows were refused.`}
        {elsewhere > 0 &&
          ` ${formatCount(elsewhere)} rows of sums in another currency are left out: nothing is converted here.`}
        {strangers.length > 0 &&
          ` No journey knows ${strangers.slice(0, 4).join(', ')}${strangers.length > 4 ? ' and others' : ''}: that spend counts in the totals only.`}
      </p>
      {currencies.value.length > 1 && (
        <label class="check">
          Currency
          <select
            value={currency.value}
            onChange={(event) => choose({ currency: event.currentTarget.value })}
          >
            {currencies.value.map((code) => (
              <option key={code} value={code}>
                {code || 'not said'}
              </option>
            ))}
          </select>
        </label>
      )}
      {file.bad.length > 0 && (
        <Download
          name="headwater-spend-rejected.csv"
          label="Save refused rows"
          text={() =>
            [
              'line,column,reason',
              ...file.bad.map(({ line, column, message }) => csvRow([line, column, message])),
              '',
            ].join('\n')
          }
        />
      )}
      <SpendPicker />
    </div>
  );
};

const figures: Figures = [
  ['Spend', 'of the spend file, the channels that the journeys do not know included'],
  ['Value', 'of all sales of the data, whole; no model in it'],
  [
    'Value credited',
    'what the model gives the channel of the sales’ values; over all channels, all of it',
  ],
  ['ROAS', 'value that the model credits the channel with ÷ the channel’s spend'],
  ['Blended ROAS (MER)', 'all value ÷ all spend, that of unknown channels included'],
  ['Cost per sale', 'the channel’s spend ÷ the conversions it is credited with'],
  [
    'Cost per customer',
    'all spend ÷ visitors of this data who bought at least once; who bought before it begins counts as new, too',
  ],
  [
    'No figure',
    'nothing is divided by zero: without spend there is no return, without credit no cost per sale',
  ],
];

const Tiles = ({ whole }: { whole: Money }) => {
  const { all, customers, cac } = whole;
  const tiles: [name: string, figure: string, note: string, of: string][] = [
    ['spend', amount(all.cost), '', 'Spend'],
    ['value', formatMicros(all.value), '', 'Value'],
    [
      'blended ROAS (MER)',
      times(all.roas),
      all.roas === null ? 'no spend to divide by' : 'all value ÷ all spend; no model in it',
      'Blended ROAS (MER)',
    ],
    [
      'cost per sale (CPA)',
      amount(all.cpa),
      all.cpa === null ? 'no sale to divide by' : 'all spend ÷ all sales',
      'Cost per sale',
    ],
    [
      'cost per customer (CAC)',
      amount(cac),
      customers === null
        ? 'this file does not tell customers apart'
        : cac === null
          ? 'no customer to divide by'
          : `all spend ÷ ${formatCount(customers / 1e6)} who bought in this data; earlier purchases are unknown`,
      'Cost per customer',
    ],
  ];
  return (
    <dl class="tiles">
      {tiles.map(([name, figure, note, of]) => (
        <div key={name}>
          <dt>
            <Why name={of} how={howOf(figures, of)}>
              {name}
            </Why>
          </dt>
          <dd>
            {figure}
            {note && <small>{note}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
};

interface RowsProps {
  data: Loaded;
  answer: Answer['answer'];
  chosen: Money;
}

/** Least and greatest ROAS of a channel over the models. */
const rangeOf = ({ rows }: Answer['answer'], channel: number): [number, number] => {
  const all = rows.flatMap(({ money: each }) => each.channels[channel]?.roas ?? []);
  return [Math.min(...all), Math.max(...all)];
};

const Channels = ({ data, answer, model, chosen }: RowsProps & { model: string }) => {
  const { channels } = data.summary;
  const order = channels
    .map((_, i) => i)
    .sort((a, b) => (chosen.channels[b]?.cost ?? -1) - (chosen.channels[a]?.cost ?? -1) || a - b);
  // One channel that returns many times more than the others would press them all to the left.
  const highs = channels
    .map((_, i) => rangeOf(answer, i)[1])
    .filter(Number.isFinite)
    .sort((a, b) => b - a);
  const [first = 0, second = first] = highs;
  const top = Math.max(2e6, first > 3 * second ? 1.2 * second : first);
  const at = (roas: number): string =>
    `${Math.min(100, Math.max(0, (roas / top) * 100)).toFixed(2)}%`;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it does not fit
    <section class="scroll" tabIndex={0} aria-label="Spend and return by channel">
      <table class="compare money">
        <caption class="visually-hidden">Spend, credited value and return by channel</caption>
        <thead>
          <tr>
            <th scope="col">Channel</th>
            <th scope="col" class="figure">
              <Why name="Spend" how={howOf(figures, 'Spend')}>
                Spend {currency.value}
              </Why>
            </th>
            <th scope="col" class="figure">
              <Why name="Value credited" how={howOf(figures, 'Value credited')} model={model}>
                Value credited
              </Why>
            </th>
            <th scope="col" class="figure">
              <Why name="ROAS" how={howOf(figures, 'ROAS')} model={model}>
                ROAS
              </Why>
            </th>
            <th scope="col">
              <span class="even" style={{ '--even': at(1e6) }}>
                over all models; line: 1.00
              </span>
            </th>
            <th scope="col" class="figure">
              <Why name="Cost per sale" how={howOf(figures, 'Cost per sale')} model={model}>
                Cost per sale
              </Why>
            </th>
          </tr>
        </thead>
        <tbody>
          {order.map((i) => {
            const own = chosen.channels[i]!;
            const [low, high] = rangeOf(answer, i);
            return (
              <tr key={i} class={own.cost === null ? 'unscored' : ''}>
                <th scope="row">
                  <span class="channel">
                    <KeyMark look={data.looks[i]!} />
                    {channels[i]}
                  </span>
                </th>
                <td class="figure">{amount(own.cost)}</td>
                <td class="figure">
                  <data value={exactMicros(own.value)}>{formatMicros(own.value)}</data>
                </td>
                <td class="figure share">
                  {own.roas === null ? (
                    <span class="why">{whyNoRoas(own)}</span>
                  ) : (
                    <data value={exactMicros(own.roas)}>{times(own.roas)}</data>
                  )}
                </td>
                <td class="range-cell">
                  {own.roas !== null && (
                    <span
                      class="roas-range"
                      style={{
                        '--low': at(low),
                        '--high': at(high),
                        '--at': at(own.roas),
                        '--even': at(1e6),
                        '--mark': colourOf(data.looks[i]!),
                      }}
                      title={`${times(low)} to ${times(high)}`}
                    >
                      <i />
                      <b />
                    </span>
                  )}
                </td>
                <td class="figure">
                  {own.cpa === null ? (
                    <span class="why">{own.cost === null ? 'no spend' : 'no credit'}</span>
                  ) : (
                    <data value={exactMicros(own.cpa)}>{formatMicros(own.cpa)}</data>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
};

const AllModels = ({ data, answer }: { data: Loaded; answer: Answer['answer'] }) => {
  const paid = data.summary.channels
    .map((_, i) => i)
    .filter((i) => (answer.rows[0]?.money.channels[i]?.cost ?? null) !== null);
  return (
    <details>
      <summary>ROAS under every model, as a table</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it does not fit */}
      <section class="scroll" tabIndex={0} aria-label="ROAS by channel and model">
        <table class="compare roas">
          <caption class="visually-hidden">ROAS by channel and model</caption>
          <thead>
            <tr>
              <th scope="col">Channel</th>
              {answer.rows.map(({ model: id }) => (
                <th key={id} scope="col" class="figure">
                  <Why
                    name={`ROAS under ${modelText(id).name}`}
                    how={howOf(figures, 'ROAS')}
                    model={id}
                  >
                    {modelText(id).name}
                  </Why>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {paid.map((i) => (
              <tr key={i}>
                <th scope="row">{data.summary.channels[i]}</th>
                {answer.rows.map(({ model: id, money: each }) => {
                  const roas = each.channels[i]?.roas ?? null;
                  return (
                    <td key={id} class="figure">
                      <data value={roas === null ? '' : exactMicros(roas)}>{times(roas)}</data>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {answer.leftOut.map(({ model: id, why }) => (
        <p class="note" key={id}>
          {modelText(id).name} is left out: {why}.
        </p>
      ))}
    </details>
  );
};

const WhatIf = ({ data, now }: { data: Loaded; now: Answer }) => {
  const { cut } = now.ask.spend;
  const { rows } = now.answer;
  const saved = rows[0]?.money.saved ?? null;
  if (!cut || saved === null) return null;
  const most = Math.max(saved, ...rows.map(({ money: each }) => each.creditCut ?? 0), 1);
  const part = (n: number): string => `${((n / most) * 100).toFixed(2)}%`;
  const name = data.summary.channels[cut.channel] ?? '';
  return (
    <section class="panel below" aria-labelledby="cut-title">
      <div class="panel-head">
        <h2 id="cut-title">
          What if I cut… <span>arithmetic, not causal</span>
        </h2>
        <div class="controls">
          <label class="check">
            Channel
            <select
              value={cut.channel}
              onChange={(event) => choose({ cutChannel: Number(event.currentTarget.value) })}
            >
              {now.ask.spend.costs.map(([i]) => (
                <option key={i} value={i}>
                  {data.summary.channels[i]}
                </option>
              ))}
            </select>
          </label>
          <Slider
            label="by"
            min={0}
            max={100}
            value={settings.value.cut}
            text={`${settings.value.cut} %`}
            onChange={(percent) => choose({ cut: percent })}
          />
        </div>
      </div>
      <p class="what-if" aria-live="polite">
        Cutting <strong>{name}</strong> by {cut.percent} % saves{' '}
        <strong>{formatMicros(saved)}</strong>. If its credit fell in step, each model would see
        this much value go:
      </p>
      <ul class="cuts">
        {rows.map(({ model: id, money: each }) => (
          <li key={id} class={id === model.value ? 'active' : ''}>
            <span>{modelText(id).name}</span>
            <span
              class="cut-bar"
              aria-hidden="true"
              style={{
                '--part': part(Math.max(0, each.creditCut ?? 0)),
                '--saved': part(saved),
                '--mark': colourOf(data.looks[cut.channel]!),
              }}
            >
              <b />
              <i />
            </span>
            <data value={exactMicros(each.creditCut ?? 0)}>
              {formatMicros(each.creditCut ?? 0)}
            </data>
            <small>
              {(each.creditCut ?? 0) > saved ? 'more than is saved' : 'less than is saved'}
            </small>
          </li>
        ))}
      </ul>
      <p class="note">
        The line is what is saved. Nobody knows that credit falls in step with spend: the first part
        of a budget works harder than the last, and some of these sales would come anyway. Only an
        experiment tells.
      </p>
    </section>
  );
};

const csvOf = (data: Loaded, { rows }: Answer['answer']): string => {
  const figure = (n: number | null): string => (n === null ? '' : exactMicros(n));
  const lines = rows.flatMap(({ model: id, money: each }) =>
    data.summary.channels.map((channel, i) => {
      const own = each.channels[i]!;
      return csvRow([
        id,
        channel,
        ...[own.cost, own.conversions, own.value, own.roas, own.cpa].map(figure),
      ]);
    }),
  );
  return ['model,channel,cost,conversions,value,roas,cpa', ...lines, ''].join('\n');
};

const Picture = ({ data, shown, now }: { data: Loaded; shown: SpendShown; now: Answer }) => {
  const row = now.answer.rows.find(({ model: id }) => id === model.value) ?? now.answer.rows[0];
  if (!row) return <p class="empty">No model could be computed for this data.</p>;
  const { channels } = data.summary;
  const widest = now.ask.spend.costs
    .map(([i]) => ({ i, range: rangeOf(now.answer, i) }))
    .filter(({ range }) => Number.isFinite(range[0]))
    .toSorted((a, b) => b.range[1] - b.range[0] - (a.range[1] - a.range[0]))[0];
  return (
    <>
      <p class="summary" aria-live="polite">
        Each unit spent came with <strong>{times(row.money.all.roas)}</strong> in value, all
        channels together.{' '}
        {widest && (
          <>
            The model decides most about <strong>{channels[widest.i]}</strong>: a return of{' '}
            {times(widest.range[0])} or of {times(widest.range[1])}.
          </>
        )}
      </p>
      <Tiles whole={row.money} />
      <section class="panel" aria-labelledby="money-title">
        <div class="panel-head">
          <h2 id="money-title">
            Return on ad spend <span>{modelText(row.model).name}</span>
          </h2>
          <Download name="headwater-money.csv" text={() => csvOf(data, now.answer)} />
        </div>
        <SpendLine now={shown} />
        <Channels data={data} answer={now.answer} model={row.model} chosen={row.money} />
        <AllModels data={data} answer={now.answer} />
        <Explain model={row.model} figures={figures} />
        <p class="note">
          Values are taken as the file has them: gross, unless refunds were taken off before; tax
          and shipping likewise. Spend and value are of whatever days the two files cover, so let
          them cover the same.{' '}
          {!unitOf(data) && 'Both must be in one currency: nothing is converted.'}
        </p>
      </section>
      <WhatIf data={data} now={now} />
    </>
  );
};

const NoSpend = () => (
  <div class="notice">
    <p>
      Drop a spend file anywhere on this page, or open one: a CSV with the columns{' '}
      <code>date,channel,cost</code>, and if you have them <code>campaign</code> and{' '}
      <code>currency</code>. Channels are matched with the journeys’ by name. It is read in this tab
      and goes nowhere else.
    </p>
    <SpendPicker />
  </div>
);

export const MoneyScreen = () => (
  <Frame
    title="What does a sale cost?"
    lead="Spend beside credited value: the return of a channel depends on the model that credits it. The bar shows how far."
  >
    <ModelSwitch />
    {!spend.value ? (
      loaded.value && loaded.value.source.kind !== 'sample' ? (
        <NoSpend />
      ) : (
        <p class="empty">Reading the spend…</p>
      )
    ) : loaded.value && money.value ? (
      <Picture data={loaded.value} shown={spend.value} now={money.value} />
    ) : (
      <p class="empty">Dividing…</p>
    )}
  </Frame>
);
