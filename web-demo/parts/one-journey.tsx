/** One journey opened: how each model splits its sale, and the chosen one's arithmetic in words. */
import { useId } from 'preact/hooks';
import type { TouchCredit } from '../../wasm/binding/reports.ts';
import type { DatasetJourney } from '../../wasm/binding/types.ts';
import { ageOf, arithmetic, type Touch } from '../arithmetic.ts';
import { colourOf } from '../channels.ts';
import { KeyMark } from '../charts/mark.tsx';
import { exactMicros, formatMicros, formatMicrosShort, formatShare } from '../format.ts';
import { modelText } from '../models.ts';
import type { Settings } from '../settings.ts';
import { choose, type Loaded, model, settings } from '../state.ts';
import { Parameters } from './model-switch.tsx';

interface Props {
  data: Loaded;
  journey: DatasetJourney;
  models: string[];
  credits: TouchCredit[];
}

const touchesOf = ({ channels, times, convertedAt }: DatasetJourney): Touch[] =>
  channels.map((channel, i) => {
    const time = times[i];
    if (time === undefined || times.length !== channels.length) return { channel, before: null };
    // Paths carry ages (negative), touch logs points in time.
    return { channel, before: time <= 0 ? -time : Math.max(0, convertedAt - time) };
  });

interface BarProps {
  credit: TouchCredit;
  data: Loaded;
  channels: number[];
}

/** A model's split of the sale, end to end. */
const SplitBar = ({ credit, data, channels }: BarProps) => {
  const all = credit.weights.reduce((sum, weight) => sum + weight, 0) || 1;
  return (
    <span class="split" aria-hidden="true">
      {credit.weights.map((weight, i) => (
        <span
          key={i}
          style={{
            '--part': `${((weight / all) * 100).toFixed(3)}%`,
            '--mark': colourOf(data.looks[channels[i]!]!),
          }}
          title={`${data.summary.channels[channels[i]!]}: ${formatShare(weight / all)}`}
        />
      ))}
    </span>
  );
};

const Twin = ({ data, journey, models, credits, touches }: Props & { touches: Touch[] }) => (
  <details>
    <summary>Every touch under every model, as a table</summary>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it does not fit */}
    <section class="scroll" tabIndex={0} aria-label="Credit by touch and model">
      <table class="compare touches">
        <caption class="visually-hidden">Value credited to each touch under each model</caption>
        <thead>
          <tr>
            <th scope="col">Touch</th>
            <th scope="col">When</th>
            {models.map((id) => (
              <th key={id} scope="col" class="figure">
                {modelText(id).name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {touches.map(({ channel, before }, i) => (
            <tr key={i}>
              <th scope="row">{data.summary.channels[channel]}</th>
              <td>{ageOf(before, i, touches.length)}</td>
              {credits.map(({ value, conversions }, m) => (
                <td key={models[m]} class="figure">
                  <data value={exactMicros(journey.value > 0 ? value[i]! : conversions[i]!)}>
                    {formatMicros(journey.value > 0 ? value[i]! : conversions[i]!)}
                  </data>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  </details>
);

interface WordsProps {
  chosen: string;
  credit: TouchCredit;
  journey: DatasetJourney;
  touches: Touch[];
  data: Loaded;
  now: Settings;
}

const Words = ({ chosen, credit, journey, touches, data, now }: WordsProps) => {
  const direct = data.summary.channels.findIndex((name) => name.toLowerCase() === 'direct');
  // What has no value is told in sales.
  const whole = journey.value > 0 ? journey.value : journey.conversions;
  const own = journey.value > 0 ? credit : { ...credit, value: credit.conversions };
  return (
    <div class="words" aria-live="polite">
      <p>
        <strong>{modelText(chosen).name}.</strong> {modelText(chosen).rule}
      </p>
      <ol>
        {touches.map((touch, i) => (
          <li key={i}>
            <span class="channel">
              <KeyMark look={data.looks[touch.channel]!} />
              {data.summary.channels[touch.channel]}
              <small>{ageOf(touch.before, i, touches.length)}</small>
            </span>
            <span>{arithmetic(chosen, touches, i, own, whole, now, direct)}</span>
          </li>
        ))}
      </ol>
      <p class="note">
        Together {formatMicros(own.value.reduce((sum, part) => sum + part, 0))}: the whole sale, to
        the last millionth.
      </p>
    </div>
  );
};

export const OneJourney = (props: Props) => {
  const { data, journey, models, credits } = props;
  const name = useId();
  const touches = touchesOf(journey);
  const now = settings.value;
  const chosen = model.value;
  const credit = credits[models.indexOf(chosen)];
  if (touches.length === 0)
    return <p class="empty">Nobody was reached on this journey, so there is nothing to split.</p>;
  if (journey.conversions <= 0)
    return (
      <p class="empty">
        This journey did not end in a sale, so there is no credit to split. {touches.length} touches
        led to nothing that the file knows of.
      </p>
    );
  return (
    <div class="one-journey">
      <p class="note">
        {journey.conversions === 1e6
          ? 'One sale'
          : `${formatMicrosShort(journey.conversions)} sales in one row`}
        , {formatMicros(journey.value)} in value
        {journey.convertedAt > 0 &&
          `, on ${new Date(journey.convertedAt).toLocaleDateString('en', { dateStyle: 'medium', timeZone: 'UTC' })}`}
        .
      </p>
      <fieldset class="splits">
        <legend class="visually-hidden">Model whose arithmetic is shown</legend>
        {models.map((id, m) => (
          <label key={id}>
            <input
              type="radio"
              name={name}
              checked={id === chosen}
              onChange={() => choose({ model: id })}
            />
            <span>{modelText(id).name}</span>
            <SplitBar credit={credits[m]!} data={data} channels={journey.channels} />
          </label>
        ))}
      </fieldset>
      <Parameters />
      {credit && (
        <Words
          chosen={chosen}
          credit={credit}
          journey={journey}
          touches={touches}
          data={data}
          now={now}
        />
      )}
      <Twin {...props} touches={touches} />
      <p class="note">
        Markov, Shapley and hazard speak of all journeys together, not of one: see Compare models
        and the Markov lab.
      </p>
    </div>
  );
};
