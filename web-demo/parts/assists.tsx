/** What each channel has to do with the sales, without any model: on their path, last on it or before that. */
import type { PathReport } from '../../wasm/binding/reports.ts';
import { KeyMark } from '../charts/mark.tsx';
import { csvRow } from '../csv.ts';
import { exactMicros, formatMicrosShort, formatShare } from '../format.ts';
import type { Loaded } from '../state.ts';
import { Download } from './download.tsx';
import { type Figures, howOf, Why } from './why.tsx';

const figures: Figures = [
  [
    'Influenced',
    'sales with the channel on their path, however often; one sale counts for each of its channels, so these do not add up',
  ],
  ['Share of sales', 'influenced ÷ all sales that are shown; more than 100 % together'],
  ['Last', 'sales whose path ends with the channel; these add up to all sales'],
  ['Assisted', 'influenced, and another channel was last'],
  ['Assisted ÷ last', 'above 1, the channel opens or carries more often than it closes'],
];

const heads = ['Influenced', 'Share of sales', 'Last', 'Assisted', 'Assisted ÷ last'];

const csvOf = ({ summary }: Loaded, roles: PathReport['roles']): string =>
  [
    'channel,influenced,influenced_value,last,assisted',
    ...roles.map(({ channel, conversions, value, last: { conversions: last } }) =>
      csvRow([
        summary.channels[channel] ?? '',
        ...[conversions, value, last, conversions - last].map(exactMicros),
      ]),
    ),
    '',
  ].join('\n');

export const Assists = ({ data, report }: { data: Loaded; report: PathReport }) => {
  const roles = report.roles
    .filter(({ conversions }) => conversions > 0)
    .sort((a, b) => b.conversions - a.conversions);
  if (roles.length === 0) return null;
  return (
    <section class="panel below" aria-labelledby="assists-title">
      <div class="panel-head">
        <h2 id="assists-title">
          Who takes part <span>no model is asked; channels do not add up</span>
        </h2>
        <Download name="headwater-assists.csv" text={() => csvOf(data, roles)} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it does not fit */}
      <section class="scroll" tabIndex={0} aria-label="Who takes part">
        <table class="compare assists">
          <caption class="visually-hidden">Sales that each channel took part in</caption>
          <thead>
            <tr>
              <th scope="col">Channel</th>
              {heads.map((name) => (
                <th scope="col" class="figure" key={name}>
                  <Why name={name} how={howOf(figures, name)}>
                    {name}
                  </Why>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {roles.map(({ channel, conversions, last: { conversions: last } }) => (
              <tr key={channel}>
                <th scope="row">
                  <span class="channel">
                    {data.looks[channel] && <KeyMark look={data.looks[channel]} />}
                    {data.summary.channels[channel]}
                  </span>
                </th>
                {[conversions, null, last, conversions - last].map((micros, i) => (
                  <td class="figure" key={String(i)}>
                    {micros === null ? (
                      formatShare(conversions / report.conversions)
                    ) : (
                      <data value={exactMicros(micros)}>{formatMicrosShort(micros)}</data>
                    )}
                  </td>
                ))}
                <td class="figure">
                  {last > 0 ? ((conversions - last) / last).toFixed(2) : <small>never last</small>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
};
