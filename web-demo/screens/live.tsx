/** What arrives at a running worker, event by event, and what became of it. */
import { siteAccess } from '../access.ts';
import { looksOf } from '../channels.ts';
import { KeyMark } from '../charts/mark.tsx';
import { formatCount } from '../format.ts';
import { connection, events, type LiveEvent, refusals } from '../live.ts';
import { Frame } from '../parts/frame.tsx';
import { type Figures, howOf, Why } from '../parts/why.tsx';

const meanings: Record<string, string> = {
  accepted: 'stored and counted',
  duplicate_order: 'the order is counted already',
  rate_missing: 'stored; its currency has no rate',
  refund_waiting: 'a refund whose order has not come yet',
  refund_clamped: 'a refund of more than was left',
};

const figures: Figures = [
  [
    'Not counted',
    'events that the worker answered and did not count, by its code for them, since this screen was opened; a repeat is one of them and is not lost: its first arrival counted',
  ],
  [
    'Outcome',
    'what became of the event when it was committed: accepted, or why it counts for nothing',
  ],
  [
    'Touch of',
    'the channel that the site’s rules, then GA4’s groups, give to the address and referrer; a direct visit within the same session is no touch',
  ],
  ['Counts as', 'the conversions of the configuration whose event name or page matches'],
  [
    'Value',
    'of the conversions that it counts as, in the site’s currency by the rate of its arrival; refunds come as events of their own',
  ],
];

/** What they stand on: the stream, no model. */
const about = (): [string, string][] => [
  ['Data', `the log of the site ${siteAccess.value?.site ?? ''}: each event once it is stored`],
  ['Window', 'the newest two hundred events; a model and its window come in with the reports'],
  ['Basis', 'when the worker received it, in this browser’s time zone'],
  ['Currency', `${siteAccess.value?.currency ?? ''}, gross: before refunds`],
  ['As of', `${new Date().toLocaleTimeString('en-GB')}; read anew every second`],
];

const Explained = ({ name }: { name: string }) => (
  <Why name={name} how={howOf(figures, name)} about={about()} />
);

const clock = (iso: string): string => new Date(iso).toLocaleTimeString('en-GB');

const Row = ({ event }: { event: LiveEvent }) => {
  const { received, name, outcome, via, channel, conversions, value, person } = event;
  const [look] = channel ? looksOf([channel]) : [];
  return (
    <tr>
      <td>
        <time dateTime={received}>{clock(received)}</time>
      </td>
      <th scope="row">{name}</th>
      <td>
        <span class={`outcome ${outcome === 'accepted' ? '' : 'odd'}`} title={meanings[outcome]}>
          {outcome}
        </span>
      </td>
      <td>
        {channel && look ? (
          <span class="channel">
            <KeyMark look={look} />
            {channel}
          </span>
        ) : (
          <span class="note">no new touch</span>
        )}
      </td>
      <td>{conversions?.join(', ')}</td>
      <td class="figure">{value === undefined ? '' : value.toFixed(2)}</td>
      <td class="note">{via}</td>
      <td>
        <code>{person}</code>
      </td>
    </tr>
  );
};

const states = {
  none: '',
  waiting: 'Connecting to the worker…',
  open: 'Listening: events appear within about a second.',
  lost: 'The connection was lost; trying again every three seconds.',
};

const Empty = () =>
  connection.value === 'none' ? (
    <div class="notice">
      <p>
        This page runs without a worker, so nothing arrives. Start one with <code>npm start</code>{' '}
        and open the link that it prints: the events of its site appear here as they come.
      </p>
    </div>
  ) : (
    <p class="empty">
      Waiting for the first event. Put the tag on a page, or send one with <code>curl</code>: the
      README has both.
    </p>
  );

export const LiveScreen = () => (
  <Frame
    title="What arrives right now?"
    lead="Every event as the worker stores it, what it counts as, and what became of it. No personal data: a person is the start of a hash."
  >
    {connection.value !== 'none' && (
      <p class="summary live-state" data-state={connection.value} role="status">
        {states[connection.value]}
      </p>
    )}
    {refusals.value.length > 0 && (
      <section class="panel" aria-labelledby="refused-title">
        <h2 id="refused-title">
          <Explained name="Not counted" /> <span>since this screen was opened</span>
        </h2>
        <ul class="refused">
          {refusals.value.map(({ code, count, meaning }) => (
            <li key={code}>
              <strong>{formatCount(count)}</strong> <code>{code}</code> {meaning}
            </li>
          ))}
        </ul>
      </section>
    )}
    {events.value.length === 0 ? (
      <Empty />
    ) : (
      <section class="panel below">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it does not fit */}
        <section class="scroll" tabIndex={0} aria-label="Events">
          <table class="compare live">
            <caption>
              Events <span>the newest first, at most two hundred</span>
            </caption>
            <thead>
              <tr>
                <th scope="col">Came at</th>
                <th scope="col">Event</th>
                <th scope="col">
                  <Explained name="Outcome" />
                </th>
                <th scope="col">
                  <Explained name="Touch of" />
                </th>
                <th scope="col">
                  <Explained name="Counts as" />
                </th>
                <th scope="col" class="figure">
                  <Explained name="Value" />
                </th>
                <th scope="col">Door</th>
                <th scope="col">Person</th>
              </tr>
            </thead>
            <tbody>
              {events.value.map((event, i) => (
                <Row
                  key={`${event.received} ${event.person} ${events.value.length - i}`}
                  event={event}
                />
              ))}
            </tbody>
          </table>
        </section>
      </section>
    )}
  </Frame>
);
