/** What each channel gets under the chosen model, as the core says it; no sums are made here. */
import type { ComponentChildren } from 'preact';
import type { DatasetSummary, ModelCredit } from '../../wasm/binding/types.ts';
import { type ChannelLook, colourOf } from '../channels.ts';
import { KeyMark } from '../charts/mark.tsx';
import { ShareBar } from '../charts/share-bar.tsx';
import { exactMicros, formatMicros, formatShare } from '../format.ts';
import { modelText } from '../models.ts';
import { type Figures, howOf, Why } from './why.tsx';

export interface Standing {
  channel: number;
  /** Micros. */
  conversions: number;
  value: number;
  /** Of the total value (of the conversions, where nothing has a value), 0 … 1. */
  share: number;
  /** Least and greatest share over all models. */
  low: number;
  high: number;
}

/** Channels by their mean share over the models, so that rows keep their place. */
export const standings = (
  summary: DatasetSummary,
  credits: ModelCredit[],
  model: string,
): Standing[] => {
  const chosen = credits.find((credit) => credit.model === model);
  if (!chosen) return [];
  const byValue = summary.value > 0;
  const total = (byValue ? summary.value : summary.conversions) || 1;
  const shareIn = (credit: ModelCredit, channel: number) =>
    (byValue ? credit.value : credit.conversions)[channel]! / total;
  return summary.channels
    .map((_, channel) => {
      const shares = credits.map((credit) => shareIn(credit, channel));
      return {
        channel,
        conversions: chosen.conversions[channel]!,
        value: chosen.value[channel]!,
        share: shareIn(chosen, channel),
        low: Math.min(...shares),
        high: Math.max(...shares),
        mean: shares.reduce((sum, share) => sum + share, 0),
      };
    })
    .sort((a, b) => b.mean - a.mean || a.channel - b.channel);
};

export const creditFigures: Figures = [
  [
    'Conversions',
    'each sale is split over the touches before it by the model’s weights; the channel’s parts of all sales, added up in whole 2⁻⁴⁰ths and rounded once, to a millionth. Over all channels they make the total, exactly.',
  ],
  ['Value', 'the same parts of each sale’s value'],
  ['Share', 'value ÷ total value; where nothing has a value, conversions ÷ all conversions'],
  ['Pale bar', 'the least and the greatest share over the models of this screen'],
];

interface Props {
  summary: DatasetSummary;
  rows: Standing[];
  model: string;
  looks: ChannelLook[];
  unit: string;
}

export const CreditTable = ({ summary, rows, model, looks, unit }: Props) => {
  const why = (name: string, shown?: ComponentChildren) => (
    <Why name={name} how={howOf(creditFigures, name)} model={model}>
      {shown}
    </Why>
  );
  const longest = Math.max(...rows.map(({ high }) => high), 1e-9);
  return (
    <table class="credit">
      <caption>
        Credit by channel <span>{modelText(model).name}</span>
      </caption>
      <thead>
        <tr>
          <th scope="col">Channel</th>
          <th scope="col" class="figure">
            {why('Conversions')}
          </th>
          <th scope="col" class="figure">
            {why('Value', <>Value {unit && <small>{unit}</small>}</>)}
          </th>
          <th scope="col" class="figure">
            {why('Share')}
          </th>
          <td class="bar" />
        </tr>
      </thead>
      <tbody>
        {rows.map(({ channel, conversions, value, share, low, high }) => (
          <tr
            key={channel}
            style={{
              '--bar': `${((share / longest) * 100).toFixed(2)}%`,
              '--bar-colour': colourOf(looks[channel]!),
            }}
          >
            <th scope="row">
              <span class="channel">
                <KeyMark look={looks[channel]!} />
                {summary.channels[channel]}
              </span>
            </th>
            <td class="figure">
              <data value={exactMicros(conversions)}>{formatMicros(conversions)}</data>
            </td>
            <td class="figure">
              <data value={exactMicros(value)}>{formatMicros(value)}</data>
            </td>
            <td class="figure share">{formatShare(share)}</td>
            <td class="bar" title={`${formatShare(low)} to ${formatShare(high)} over all models`}>
              <ShareBar
                share={share / longest}
                low={low / longest}
                high={high / longest}
                colour={colourOf(looks[channel]!)}
              />
            </td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">Total</th>
          <td class="figure">
            <data value={exactMicros(summary.conversions)}>
              {formatMicros(summary.conversions)}
            </data>
          </td>
          <td class="figure">
            <data value={exactMicros(summary.value)}>{formatMicros(summary.value)}</data>
          </td>
          <td class="figure">{formatShare(1)}</td>
          <td class="bar range-key">
            <span aria-hidden="true" />
            over all models
          </td>
        </tr>
      </tfoot>
    </table>
  );
};
