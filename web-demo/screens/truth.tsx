/** Models judged in a made-up world where what each channel causes is known, since it was planted. */
import type { TruthChannel, TruthReport, TruthScore } from '../../wasm/binding/truth.ts';
import { type ChannelLook, colourOf, looksOf } from '../channels.ts';
import { KeyMark } from '../charts/mark.tsx';
import { csvRow } from '../csv.ts';
import { formatCount, formatShare } from '../format.ts';
import { comparedModels, type ModelText } from '../models.ts';
import { Download } from '../parts/download.tsx';
import { Explain } from '../parts/explain.tsx';
import { Frame } from '../parts/frame.tsx';
import { Slider } from '../parts/slider.tsx';
import { type Figures, howOf, Why } from '../parts/why.tsx';
import { question } from '../question.ts';
import { peopleStops, type World, worlds } from '../settings.ts';
import { choose, settings } from '../state.ts';

const truth = question('truth', () => {
  const { screen, world, strength, seed, people } = settings.value;
  return screen === 'truth' ? { world, strength, seed, people } : null;
});

const worldNames: Record<World, [name: string, assumes: string]> = {
  additive: [
    'Each on its own',
    'Every touch adds its own effect to the rate of buying, and the effect fades: half of it is gone after one day or after four. Channels do not help each other. Display and retargeting do nothing.',
  ],
  interaction: [
    'Together',
    'Video and social do little by themselves, but for some days they make the effects of others bigger. Effects saturate, and a sale ends the wish to buy.',
  ],
  funnel: [
    'Funnel',
    'Touches move people from unaware to interested to ready, and the ready buy. Who is ready searches the brand; that search and display do nothing.',
  ],
  retargeting: [
    'Chasers',
    'A fifth of all touches chase people who were about to buy, and do nothing. Vouchers do nothing either.',
  ],
  organic: [
    'Mostly unasked',
    'Most people buy unasked and pass through brand search, vouchers or a direct visit on the way, none of which does anything.',
  ],
};

/** Models beyond those of the compare screen that are worth a row. */
const further: ModelText[] = [
  { id: 'w_shaped', name: 'W-shaped', rule: '' },
  { id: 'j_shaped', name: 'J-shaped', rule: '' },
  { id: 'inverse_j', name: 'Inverse J', rule: '' },
  { id: 'last_paid', name: 'Last paid', rule: '' },
  { id: 'logistic', name: 'Logistic', rule: '' },
];
const judged = [...comparedModels, ...further];
const nameOf = (id: string): string => judged.find((each) => each.id === id)?.name ?? id;

interface Judged extends TruthScore {
  shareError: number;
}

/** Those that could be scored, the nearest to the truth first. */
const ranking = ({ scores }: TruthReport): Judged[] =>
  scores
    .filter((score): score is Judged => score.shareError !== null)
    .filter(({ model }) => judged.some(({ id }) => id === model))
    .sort((a, b) => a.shareError - b.shareError);

const Controls = () => {
  const { world, strength, seed, people } = settings.value;
  return (
    <section class="truth-controls" aria-label="The world">
      <fieldset class="choice">
        <legend>World</legend>
        <div class="pills">
          {worlds.map((id) => (
            <label key={id} class="pill plain">
              <input
                type="radio"
                name="world"
                checked={world === id}
                onChange={() => choose({ world: id })}
              />
              <span>{worldNames[id][0]}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <div class="controls">
        <Slider
          label="What channels do"
          min={0}
          max={30}
          value={Math.round(strength / 10)}
          text={`${strength} %`}
          onChange={(tens) => choose({ strength: tens * 10 })}
        />
        <Slider
          label="People"
          min={0}
          max={peopleStops.length - 1}
          value={peopleStops.indexOf(people)}
          text={formatCount(people)}
          onChange={(stop) => choose({ people: peopleStops[stop]! })}
        />
        <Slider
          label="Seed"
          min={1}
          max={50}
          value={seed}
          text={String(seed)}
          onChange={(next) => choose({ seed: next })}
        />
      </div>
    </section>
  );
};

const Sentence = ({ rows, report }: { rows: Judged[]; report: TruthReport }) => {
  const [best] = rows;
  const worst = rows.at(-1);
  if (!best || !worst)
    return (
      <p class="summary" aria-live="polite">
        In this world the channels cause nothing: all {formatCount(report.sales)} sales come
        unasked, so there is nothing to share out, and no model can be right. None of those that
        share out every sale would notice.
      </p>
    );
  return (
    <p class="summary" aria-live="polite">
      Of {formatCount(report.sales)} sales, {formatCount(report.unasked)} would have come unasked.{' '}
      <strong>{nameOf(best.model)}</strong> comes nearest to what the channels caused, with{' '}
      {formatShare(best.shareError)} of its credit in the wrong place;{' '}
      <strong>{nameOf(worst.model)}</strong> is furthest off, with {formatShare(worst.shareError)}.
    </p>
  );
};

const ratio = (n: number | null): string => (n === null ? '–' : n.toFixed(2));

const aboutOf = (report: TruthReport): [string, string][] => [
  ['Data', `made up in this tab: ${formatCount(report.people)} lives of 60 days`],
  ['World', `${worldNames[settings.value.world][0]}, seed ${settings.value.seed}`],
  ['Channels do', `${settings.value.strength} % of what was planted`],
  ['Window', '30 days for clicks and for views, which work for days here'],
  ['Parameters', 'each model’s defaults: half-life 7 days, 40-20-40, order 1'],
];

const figures: Figures = [
  [
    'Credit in the wrong place',
    'half the sum over channels of |share of credit − share of what was caused|',
  ],
  ['Right order', 'Spearman’s rank correlation of credit and what was caused'],
  [
    'Credit ÷ caused',
    'all credit to scored channels ÷ all that they caused; above 1, sales that would have come anyway are handed out',
  ],
  ['To idle channels', 'share of the credit of channels that do nothing'],
  [
    'Tells buyers',
    'area under the ROC curve on the half of the people who were not fitted; 0.5 is a guess',
  ],
];

const Scores = ({
  rows,
  chosen,
  report,
}: {
  rows: Judged[];
  chosen: string;
  report: TruthReport;
}) => {
  const why = (name: string) => (
    <Why name={name} how={howOf(figures, name)} about={aboutOf(report)} />
  );
  const most = Math.max(0.3, ...rows.slice(0, -1).map(({ shareError }) => shareError));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it does not fit
    <section class="scroll" tabIndex={0} aria-label="Scores of the models">
      <table class="compare scores">
        <caption class="visually-hidden">Models by their distance from the truth</caption>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col" colSpan={2}>
              {why('Credit in the wrong place')}
            </th>
            <th scope="col" class="figure">
              {why('Right order')}
            </th>
            <th scope="col" class="figure">
              {why('Credit ÷ caused')}
            </th>
            <th scope="col" class="figure">
              {why('To idle channels')}
            </th>
            <th scope="col" class="figure">
              {why('Tells buyers')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ model, shareError, spearman, creditRatio, zeroCredit, auc }) => (
            <tr key={model} class={model === chosen ? 'active' : ''}>
              <th scope="row">
                <button
                  type="button"
                  class="link"
                  aria-pressed={model === chosen}
                  onClick={() => choose({ scored: model })}
                >
                  {nameOf(model)}
                </button>
              </th>
              <td class="figure share">
                <data value={shareError.toFixed(3)}>{formatShare(shareError)}</data>
              </td>
              <td class="error-cell">
                <span
                  class={shareError > most ? 'error-bar over' : 'error-bar'}
                  aria-hidden="true"
                  style={{ '--part': `${Math.min(100, (shareError / most) * 100).toFixed(1)}%` }}
                />
              </td>
              <td class="figure">{ratio(spearman)}</td>
              <td class="figure">{ratio(creditRatio)}</td>
              <td class="figure">{zeroCredit === null ? '–' : formatShare(zeroCredit)}</td>
              <td class="figure">{ratio(auc)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};

const does = ({ idle, lift, moves: [interest, ready] }: TruthChannel): string => {
  if (idle) return 'nothing';
  if (lift > 0) return `${(lift * 1000).toFixed(0)} sales in 1,000 touches`;
  const parts = [
    interest > 0 && `interests ${formatShare(interest)}`,
    ready > 0 && `readies ${formatShare(ready)}`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : 'helps others';
};

interface PairsProps {
  report: TruthReport;
  score: Judged | undefined;
  looks: ChannelLook[];
}

/** What each channel caused beside what the model gives it. */
const Pairs = ({ report, score, looks }: PairsProps) => {
  const { channels } = report;
  const most = Math.max(
    1,
    ...channels.map(({ caused }, i) => Math.max(caused, score?.credit[i] ?? 0)),
  );
  const part = (n: number): string => `${Math.max(0, (n / most) * 100).toFixed(2)}%`;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it does not fit
    <section class="scroll" tabIndex={0} aria-label="Caused and credited, by channel">
      <table class="compare pairs">
        <caption class="visually-hidden">Sales caused and sales credited, by channel</caption>
        <thead>
          <tr>
            <th scope="col">Channel</th>
            <th scope="col">Planted: a touch does</th>
            <th scope="col" class="figure">
              Caused
            </th>
            <th scope="col" class="figure">
              Credited
            </th>
            <td class="pair-cell" />
          </tr>
        </thead>
        <tbody>
          {channels.map((channel, i) => (
            <tr key={channel.channel} class={channel.scored ? '' : 'unscored'}>
              <th scope="row">
                <span class="channel">
                  <KeyMark look={looks[i]!} />
                  {channel.channel}
                </span>
              </th>
              <td>{channel.scored ? does(channel) : 'not scored: nobody pays for it'}</td>
              <td class="figure">{formatCount(channel.caused)}</td>
              <td class="figure">{score ? formatCount(score.credit[i] ?? 0) : '–'}</td>
              <td class="pair-cell" style={{ '--mark': colourOf(looks[i]!) }}>
                <span class="pair caused" style={{ '--part': part(channel.caused) }} />
                <span class="pair given" style={{ '--part': part(score?.credit[i] ?? 0) }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};

const csvOf = (rows: Judged[]): string => {
  const cell = (n: number | null): string => (n === null ? '' : n.toFixed(3));
  const lines = rows.map((row) =>
    csvRow([
      row.model,
      ...[row.shareError, row.spearman, row.creditRatio, row.zeroCredit, row.logloss, row.auc].map(
        cell,
      ),
    ]),
  );
  const head = 'model,share_error,spearman,credit_ratio,zero_credit,heldout_logloss,auc';
  return [head, ...lines, ''].join('\n');
};

const Assumes = ({ world }: { world: World }) => (
  <section class="panel assumes" aria-labelledby="assumes-title">
    <h2 id="assumes-title">
      What this world assumes <span>{worldNames[world][0]}</span>
    </h2>
    <p>{worldNames[world][1]}</p>
    <ul>
      <li>
        People drift in and out of wanting to buy. Who wants to, meets more of some channels and
        buys more, whether or not the channel does anything: that is what misleads a model.
      </li>
      <li>
        There are weekly seasons, repeat buyers, and people who are easier to reach than others;
        they are watched for 60 days.
      </li>
      <li>
        What a channel caused is counted, not estimated: the same lives are lived again, with the
        same random numbers, without it.
      </li>
      <li>
        Your customers live in none of these worlds. The scores say how wrong a model can be without
        anyone noticing; they replace no experiment.
      </li>
    </ul>
  </section>
);

const Picture = ({ report, busy }: { report: TruthReport; busy: boolean }) => {
  const rows = ranking(report);
  const chosen = rows.find(({ model }) => model === settings.value.scored) ?? rows[0];
  const looks = looksOf(report.channels.map(({ channel }) => channel));
  return (
    <div aria-busy={busy} class={busy ? 'stale' : ''}>
      <Sentence rows={rows} report={report} />
      <div class="picture truth-grid">
        <div>
          {rows.length > 0 && (
            <section class="panel" aria-labelledby="scores-title">
              <div class="panel-head">
                <h2 id="scores-title">
                  Models and the truth <span>the nearest first; 0 would be perfect</span>
                </h2>
                <Download name="headwater-truth.csv" text={() => csvOf(rows)} />
              </div>
              <Scores rows={rows} chosen={chosen?.model ?? ''} report={report} />
              <Explain about={aboutOf(report)} figures={figures} />
            </section>
          )}
        </div>
        <div>
          <section class="panel" aria-labelledby="pairs-title">
            <h2 id="pairs-title">
              Caused and credited{' '}
              <span>
                {chosen ? `by ${nameOf(chosen.model)}; ` : ''}solid: caused, pale: credited
              </span>
            </h2>
            <Pairs report={report} score={chosen} looks={looks} />
          </section>
          <Assumes world={settings.value.world} />
        </div>
      </div>
    </div>
  );
};

export const TruthScreen = () => {
  const { world, strength, seed, people } = settings.value;
  const now = truth.value;
  const busy = JSON.stringify(now?.ask) !== JSON.stringify({ world, strength, seed, people });
  return (
    <Frame
      title="Which model finds the truth?"
      lead="No log can tell what would have been bought without an ad. A made-up world can: there it was planted. Change the world and see which models still find it."
      ownData={false}
    >
      <Controls />
      {now ? (
        <Picture report={now.answer} busy={busy} />
      ) : (
        <p class="empty">Living {formatCount(people)} lives…</p>
      )}
    </Frame>
  );
};
