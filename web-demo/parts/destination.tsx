/** One destination: how it is, what to mend, what waits and how long, which identifiers go along, a trial. */
import { useSignal } from '@preact/signals';
import { siteAccess } from '../access.ts';
import { type Destination, sendTrial, type TrialAnswer } from '../deliveries.ts';
import { formatCount, formatShare } from '../format.ts';
import { lagText, messageOf, momentText } from '../moments.ts';
import { remediesOf } from '../remedies.ts';
import { type Figures, howOf, Why } from './why.tsx';

export const stateNames = {
  working: 'Working',
  failing: 'Failing: tried again by itself',
  stopped: 'Stopped: somebody has to mend it',
};

const Coverage = ({ of }: { of: Destination }) => {
  const { events, identified, by } = of.matched;
  if (events === 0)
    return <p class="note">No event was due here yet, so there are no identifiers to count.</p>;
  const rows = [
    ['any that means one person', identified] as const,
    ...Object.entries(by).sort(([a, n], [b, m]) => m - n || a.localeCompare(b)),
  ];
  return (
    <table class="compare coverage">
      <caption>
        Identifiers{' '}
        <span>
          {events === 1 ? 'of the one event' : `of the newest ${formatCount(events)} events`}
        </span>
      </caption>
      <thead>
        <tr>
          <th scope="col">Identifier</th>
          <td class="bar-cell" />
          <th scope="col" class="figure">
            Events
          </th>
          <th scope="col" class="figure">
            Share
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([id, count], i) => (
          <tr key={id} class={i === 0 ? 'whole' : undefined}>
            <th scope="row">{i === 0 ? id : <code>{id}</code>}</th>
            <td class="bar-cell" aria-hidden="true">
              <i style={{ '--part': formatShare(count / events) }} />
            </td>
            <td class="figure">{formatCount(count)}</td>
            <td class="figure">{formatShare(count / events)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

interface TrialProps {
  site: string;
  of: Destination;
  mayAct: boolean;
}

const Trial = ({ site, of, mayAct }: TrialProps) => {
  const busy = useSignal(false);
  const answer = useSignal<TrialAnswer | { failed: string } | null>(null);
  if (of.test === 'none')
    return <p class="note">This platform offers no trial: its next conversion will tell.</p>;
  if (of.test === 'needs_test_event_code')
    return (
      <p class="note">
        For a trial, put the platform’s <code>test_event_code</code> into this destination’s part of
        headwater.config.json; take it out again afterwards, since such events count.
      </p>
    );
  if (!mayAct) return null;
  const send = async (): Promise<void> => {
    if (busy.peek()) return;
    busy.value = true;
    answer.value = await sendTrial(site, of.name).catch((error: unknown) => ({
      failed: messageOf(error),
    }));
    busy.value = false;
  };
  const shown = answer.value;
  return (
    <div class="trial">
      <button type="button" class="button" aria-busy={busy.value} onClick={send}>
        {busy.value ? 'Sending…' : 'Send a trial'}
        <span class="visually-hidden"> to {of.name}</span>
      </button>
      <div role="status">
        {shown && 'failed' in shown && <p class="bad">{shown.failed}</p>}
        {shown && 'verdict' in shown && (
          <p>
            <span class={`outcome ${shown.verdict === 'delivered' ? '' : 'odd'}`}>
              {shown.verdict === 'delivered' ? 'taken' : 'not taken'}
            </span>{' '}
            {shown.status === null ? 'The platform was not asked.' : `HTTP ${shown.status}.`}{' '}
            {shown.reason}
          </p>
        )}
      </div>
      {shown && 'answer' in shown && shown.answer && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it does not fit
        <section class="answer" tabIndex={0} aria-label={`Answer of ${of.name}`}>
          <pre>{shown.answer}</pre>
        </section>
      )}
    </div>
  );
};

const figures: Figures = [
  ['delivered', 'conversions that the platform said yes to, each once under one id'],
  ['waiting', 'to be sent, or to be tried again at a time of their own'],
  [
    'given up',
    'refused for good, or older than the platform takes; may be replayed while it takes them',
  ],
  [
    'never sent',
    'left out on purpose: consent, no identifier, no click of the platform, too old when it came',
  ],
  [
    'lag, typical',
    'the median of: platform’s answer − commit of the conversion, over the newest hundred deliveries of each shard',
  ],
];

const aboutOf = ({ name, type, conversions, lag_ms }: Destination): [string, string][] => [
  ['Data', `the outbox of ${siteAccess.value?.site ?? ''}, destination ${name} (${type})`],
  ['Window', `all that the outbox holds; lag: ${formatCount(lag_ms.sampled)} deliveries`],
  ['Basis', `one conversion to one destination: ${conversions.join(', ')}`],
  ['As of', `${new Date().toLocaleTimeString('en-GB')}; read anew every four seconds`],
];

const Tiles = ({ of }: { of: Destination }) => {
  const { counts, lag_ms, oldest_waiting_at, last_delivered_at } = of;
  const waiting = (counts.waiting ?? 0) + (counts.sending ?? 0);
  const lag = (ms: number | null): string => (ms === null ? '–' : lagText(ms));
  const tiles: [label: string, figure: string, more: string | null][] = [
    [
      'delivered',
      formatCount(counts.delivered ?? 0),
      last_delivered_at && `last ${momentText(last_delivered_at)}`,
    ],
    [
      'waiting',
      formatCount(waiting),
      oldest_waiting_at && `oldest ${momentText(oldest_waiting_at)}`,
    ],
    ['given up', formatCount(counts.dead ?? 0), null],
    ['never sent', formatCount(counts.skipped ?? 0), null],
    [
      'lag, typical',
      lag(lag_ms.p50),
      lag_ms.p95 === null ? null : `95 % within ${lagText(lag_ms.p95)}`,
    ],
  ];
  return (
    <dl class="tiles">
      {tiles.map(([label, figure, more]) => (
        <div key={label}>
          <dt>
            <Why name={label} how={howOf(figures, label)} about={aboutOf(of)} />
          </dt>
          <dd>
            {figure}
            {more && <small>{more}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
};

const Remedies = ({ of }: { of: Destination }) => {
  const remedies = remediesOf(of);
  if (remedies.length === 0) return null;
  return (
    <div class="remedies" data-state={of.state}>
      <h3>To mend</h3>
      <ul>
        {remedies.map(({ what, how }) => (
          <li key={what}>
            <strong>{what}.</strong> {how}
          </li>
        ))}
      </ul>
    </div>
  );
};

const Reasons = ({ of }: { of: Destination }) => {
  if (of.reasons.length === 0) return null;
  return (
    <>
      <h3>Why not delivered</h3>
      <ul class="refused">
        {of.reasons.map(({ status, reason, count }) => (
          <li key={`${status} ${reason}`}>
            <strong>{formatCount(count)}</strong> {status === 'dead' ? 'given up' : 'never sent'}:{' '}
            {reason}
          </li>
        ))}
      </ul>
    </>
  );
};

export const DestinationPanel = ({ site, of, mayAct }: TrialProps) => (
  <section class="panel destination" aria-labelledby={`destination-${of.name}`}>
    <div class="panel-head">
      <h2 id={`destination-${of.name}`}>
        {of.name}{' '}
        <span>
          {of.type !== of.name && `${of.type}: `}
          {of.conversions.join(', ')}
        </span>
      </h2>
      <span class={`outcome ${of.state === 'working' ? '' : 'odd'}`} data-state={of.state}>
        {stateNames[of.state]}
      </span>
    </div>
    {of.resumes_at && <p class="note">Nothing is sent before {momentText(of.resumes_at)}.</p>}
    <Remedies of={of} />
    <Tiles of={of} />
    <Coverage of={of} />
    <Reasons of={of} />
    <Trial site={site} of={of} mayAct={mayAct} />
  </section>
);
