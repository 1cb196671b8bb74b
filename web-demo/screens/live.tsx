/** What arrives at a running worker, event by event, and what became of it. */
import { looksOf } from '../channels.ts';
import { KeyMark } from '../charts/mark.tsx';
import { formatCount } from '../format.ts';
import { connection, events, type LiveEvent, refusals } from '../live.ts';
import { Frame } from '../parts/frame.tsx';

const meanings: Record<string, string> = {
  accepted: 'stored and counted',
  duplicate_order: 'the order is counted already',
  rate_missing: 'stored; its currency has no rate',
  refund_waiting: 'a refund whose order has not come yet',
  refund_clamped: 'a refund of more than was left',
};

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
          Not counted <span>since this screen was opened</span>
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
                <th scope="col">Outcome</th>
                <th scope="col">Touch of</th>
                <th scope="col">Counts as</th>
                <th scope="col" class="figure">
                  Value
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
