/** What customers cost and are worth: so far, by the month of their first order, and to come. */
import rates from '../../core/data/conversion_rates.json';
import type { CustomerReport } from '../../wasm/binding/customers.ts';
import { csvRow } from '../csv.ts';
import { formatCount, formatMicros, formatShare } from '../format.ts';
import { Download } from '../parts/download.tsx';
import { Explain } from '../parts/explain.tsx';
import { Frame, unitOf } from '../parts/frame.tsx';
import { question } from '../question.ts';
import { spend } from '../spend.ts';
import { type Loaded, loaded, settings } from '../state.ts';

const HORIZON_DAYS = 365;

/** All spend in micros; null where there is none, or in several currencies. */
const spent = (): number | null => {
  const sums = spend.value?.file.sums ?? [];
  if (sums.length === 0 || new Set(sums.map(({ currency }) => currency)).size > 1) return null;
  return sums.reduce((sum, { cost }) => sum + cost, 0);
};

const tellsApart = ({ summary }: Loaded): boolean => summary.kind === 'touches';

const customers = question('customers', (data) =>
  settings.value.screen === 'customers' && tellsApart(data)
    ? { spend: spent(), horizonDays: HORIZON_DAYS, currency: unitOf(data) }
    : null,
);

const money = (units: number): string => formatMicros(Math.round(units * 1e6));
const share = (part: number): string => formatShare(part);
const tenth = (n: number): string => n.toFixed(1);

interface Tile {
  name: string;
  figure: number | null | undefined;
  as: (n: number) => string;
  note: string;
  /** Where `null_means` has its reason. */
  why: string;
}

const Tiles = ({ report, tiles }: { report: CustomerReport; tiles: Tile[] }) => (
  <dl class="tiles">
    {tiles.map(({ name, figure, as, note, why }) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>
          {typeof figure === 'number' ? <data value={String(figure)}>{as(figure)}</data> : '–'}
          <small>{typeof figure === 'number' ? note : report.null_means[why]}</small>
        </dd>
      </div>
    ))}
  </dl>
);

const sofar = ({ all }: CustomerReport): Tile[] => [
  {
    name: 'customers',
    figure: all.customers,
    as: formatCount,
    note: `${formatCount(all.customers_who_came_again ?? 0)} came again on another day`,
    why: '',
  },
  {
    name: 'lifetime value so far',
    figure: all.ltv,
    as: money,
    note: 'revenue ÷ customers, who bought once among them',
    why: 'all.ltv',
  },
  {
    name: 'cost of a customer (CAC)',
    figure: all.cac,
    as: money,
    note: 'all spend ÷ customers',
    why: 'all.cac',
  },
  {
    name: 'LTV : CAC',
    figure: all.ltv_to_cac,
    as: tenth,
    note: 'so far; of revenue',
    why: 'all.ltv_to_cac',
  },
  {
    name: 'payback',
    figure: all.payback_month,
    as: (month) => (month === 0 ? 'first month' : `month ${month}`),
    note: 'the months since the first order in which worth reaches the CAC',
    why: 'all.payback_month',
  },
  {
    name: 'persons who bought',
    figure: all.conversion_rate,
    as: share,
    note: 'customers ÷ persons in the data',
    why: 'all.conversion_rate',
  },
  {
    name: 'cost of a lead (CPL)',
    figure: all.cpl,
    as: money,
    note: 'all spend ÷ leads',
    why: 'all.cpl',
  },
  {
    name: 'leads who became customers',
    figure: all.lead_to_customer,
    as: share,
    note: 'within 30 days; months of leads who still have days left are not in it',
    why: 'all.lead_to_customer',
  },
];

const tocome = ({ predicted }: CustomerReport): Tile[] => [
  {
    name: 'still customers',
    figure: predicted.alive,
    as: tenth,
    note: 'sum of the chances to buy again',
    why: 'predicted.alive',
  },
  {
    name: 'orders in a year',
    figure: predicted.purchases,
    as: tenth,
    note: 'of these customers',
    why: 'predicted.purchases',
  },
  {
    name: 'worth of a year',
    figure: predicted.value,
    as: money,
    note: 'not discounted',
    why: 'predicted.value',
  },
  {
    name: 'lifetime value with it',
    figure: predicted.ltv,
    as: money,
    note: 'so far and the year to come',
    why: 'predicted.ltv',
  },
  {
    name: 'LTV : CAC with it',
    figure: predicted.ltv_to_cac,
    as: tenth,
    note: 'so far and the year to come',
    why: 'predicted.ltv_to_cac',
  },
];

type Cohort = NonNullable<CustomerReport['cohort']>[string];
const cells = (cohort: Cohort): (number | null)[] =>
  Object.entries(cohort).flatMap(([name, figure]) =>
    name.startsWith('ltv_month_') ? [figure] : [],
  );

const Cohorts = ({ cohorts }: { cohorts: [string, Cohort][] }) => {
  const months = cohorts[0] ? cells(cohorts[0][1]).length : 0;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it does not fit
    <section class="scroll" tabIndex={0} aria-label="Worth by month of the first order">
      <table class="cohorts">
        <caption>Worth of a customer by months since the first order</caption>
        <thead>
          <tr>
            <th scope="col">first order</th>
            <th scope="col" class="number">
              customers
            </th>
            {Array.from({ length: months }, (_, k) => (
              <th scope="col" class="number" key={String(k)}>
                {k === 0 ? 'same month' : `+${k}`}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cohorts.map(([month, cohort]) => (
            <tr key={month}>
              <th scope="row">{month}</th>
              <td class="number">{formatCount(cohort.customers ?? 0)}</td>
              {cells(cohort).map((figure, k) => (
                <td class="number" key={String(k)}>
                  {figure !== null && <data value={String(figure)}>{money(figure)}</data>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};

const Leads = ({ leads }: { leads: NonNullable<CustomerReport['lead_cohort']> }) => (
  <table class="lead-cohorts">
    <caption>Leads by the month in which they came</caption>
    <thead>
      <tr>
        <th scope="col">month</th>
        <th scope="col" class="number">
          leads
        </th>
        <th scope="col" class="number">
          customers
        </th>
        <th scope="col" class="number">
          rate
        </th>
      </tr>
    </thead>
    <tbody>
      {Object.entries(leads).map(([month, row]) => (
        <tr key={month}>
          <th scope="row">{month}</th>
          <td class="number">{formatCount(row.leads ?? 0)}</td>
          <td class="number">{formatCount(row.customers ?? 0)}</td>
          <td class="number">
            {share(row.lead_to_customer ?? 0)}
            {row.state === 'immature' && (
              <small class="why"> so far: {formatCount(row.open_leads ?? 0)} have days left</small>
            )}
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

const Fit = ({ report: { purchases, worth } }: { report: CustomerReport }) => {
  if (purchases.r === null) return null;
  const list = (names: [string, number | null][]): string =>
    names
      .map(([name, figure]) => `${name} ${figure === null ? '–' : figure.toFixed(3)}`)
      .join(', ');
  const unsettled = [purchases.settled, worth.settled].some((told) => told?.startsWith('no'));
  return (
    <p class="note">
      How often: BG/NBD with{' '}
      {list([
        ['r', purchases.r],
        ['α', purchases.alpha_days],
        ['a', purchases.a],
        ['b', purchases.b],
      ])}{' '}
      (days). How much: Gamma-Gamma with{' '}
      {list([
        ['p', worth.p],
        ['q', worth.q],
        ['γ', worth.gamma],
      ])}
      ; it takes how much for independent of how often, the correlation here is{' '}
      {worth.correlation === null ? 'unknown' : worth.correlation.toFixed(2)}.{' '}
      {unsettled && 'The data does not tell all of these apart, so single ones mean little. '}
      Both are estimates without intervals, and know nothing of seasons, prices or contracts.
    </p>
  );
};

const csvOf = (report: CustomerReport): string => {
  const cohorts = Object.entries(report.cohort ?? {});
  const months = cohorts[0] ? cells(cohorts[0][1]).length : 0;
  const head = [
    'first_order',
    'customers',
    ...Array.from({ length: months }, (_, k) => `ltv_month_${k}`),
  ];
  return [
    csvRow(head),
    ...cohorts.map(([month, cohort]) =>
      csvRow([month, cohort.customers ?? 0, ...cells(cohort).map((n) => n ?? '')]),
    ),
    '',
  ].join('\n');
};

/** Reported rates are of visits and ours is of persons: they are told beside it, not compared. */
const Benchmarks = () => (
  <details class="benchmarks">
    <summary>What others report of persons who bought</summary>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it does not fit */}
    <section class="scroll" tabIndex={0} aria-label="Reported conversion rates">
      <table class="compare">
        <caption class="visually-hidden">Conversion rates that others report</caption>
        <thead>
          <tr>
            {['Rate', 'Of', 'Period', 'Source', 'Checked on'].map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rates.map(({ low, high, of, period, source, checked_on }) => (
            <tr key={source}>
              <td>{low === high ? share(low) : `${share(low)} to ${share(high)}`}</td>
              <td>{of}</td>
              <td>{period}</td>
              <td>{source}</td>
              <td>{checked_on}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
    <p class="note">
      These are orders by visit. A person may come several times, so yours, by person, is higher
      than your rate by visit. Read second-hand: take them for a rough idea.
    </p>
  </details>
);

const Picture = ({ data, report }: { data: Loaded; report: CustomerReport }) => {
  const cohorts = Object.entries(report.cohort ?? {});
  const unit = unitOf(data);
  return (
    <div class="customers">
      <Tiles report={report} tiles={sofar(report)} />
      {spend.value?.name === null && (
        <p class="note">The spend is made up, as the shop is. Drop a spend file for your own.</p>
      )}
      <Benchmarks />
      {cohorts.length > 0 ? (
        <>
          <Cohorts cohorts={cohorts} />
          <p class="note">
            Each figure holds all that was paid up to that month. Blank: still to come; the last
            figure of a row is of a month that is not over.
          </p>
        </>
      ) : (
        <p class="empty">Nobody bought.</p>
      )}
      {report.lead_cohort && <Leads leads={report.lead_cohort} />}
      <h2>In the year to come</h2>
      <Tiles report={report} tiles={tocome(report)} />
      <Fit report={report} />
      <div class="controls">
        <Explain
          figures={[
            ...[...sofar(report), ...tocome(report)].map(({ name, note }): [string, string] => [
              name,
              note,
            ]),
            [
              'Months',
              `calendar months in UTC, up to ${report.meta.as_of}${unit && `; money in ${unit}`}`,
            ],
          ]}
        />
        <Download name="headwater-cohorts.csv" text={() => csvOf(report)} />
      </div>
    </div>
  );
};

export const CustomersScreen = () => (
  <Frame
    title="What is a customer worth?"
    lead="Customers by the month of their first order, what they have paid since, and what they may pay yet. Spend is that of the Money screen."
  >
    {loaded.value && !tellsApart(loaded.value) ? (
      <p class="empty">
        This file has finished paths and tells nobody apart. Drop a touch log, which names its
        visitors.
      </p>
    ) : loaded.value && customers.value ? (
      <Picture data={loaded.value} report={customers.value.answer} />
    ) : (
      <p class="empty">Counting…</p>
    )}
  </Frame>
);
