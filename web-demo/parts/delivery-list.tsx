/** Deliveries, the newest first: by destination and state, in pages, with replay of what was given up. */
import { type Signal, useSignal } from '@preact/signals';
import {
  type Deliveries,
  type Delivery,
  type DeliveryState,
  deliveryStates,
  replay,
} from '../deliveries.ts';
import { formatCount } from '../format.ts';
import { lagText, messageOf, momentText } from '../moments.ts';
import { choose } from '../state.ts';

interface Props {
  site: string;
  data: Deliveries;
  mayAct: boolean;
  destination: Signal<string | null>;
  state: DeliveryState | null;
  /** Cursors of the pages that were turned, the last is shown. */
  turned: Signal<string[]>;
  refresh: () => void;
}

export const stateWords: Record<DeliveryState, string> = {
  waiting: 'waiting',
  sending: 'sending',
  delivered: 'delivered',
  dead: 'given up',
  skipped: 'never sent',
};

const Filters = ({ data, destination, state, turned }: Props) => (
  <div class="filters">
    <label>
      Destination{' '}
      <select
        value={destination.value ?? ''}
        onChange={(event) => {
          destination.value = event.currentTarget.value || null;
          turned.value = [];
        }}
      >
        <option value="">all</option>
        {data.destinations.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
    <label>
      State{' '}
      <select
        value={state ?? ''}
        onChange={(event) => {
          turned.value = [];
          choose({ delivered: event.currentTarget.value });
        }}
      >
        <option value="">all</option>
        {deliveryStates.map((each) => (
          <option key={each} value={each}>
            {stateWords[each]}
          </option>
        ))}
      </select>
    </label>
  </div>
);

/** How long it took, or when it is tried next. */
const when = ({ status, created_at, settled_at, next_try_at }: Delivery): string => {
  if (status === 'delivered' && settled_at)
    return `after ${lagText(Math.max(0, Date.parse(settled_at) - Date.parse(created_at)))}`;
  return next_try_at ? `next ${momentText(next_try_at)}` : '';
};

interface RowProps {
  of: Delivery;
  mayAct: boolean;
  onReplay: () => void;
}

const Row = ({ of, mayAct, onReplay }: RowProps) => (
  <tr>
    <td>
      <time dateTime={of.created_at}>{momentText(of.created_at)}</time>
    </td>
    <td>{of.destination}</td>
    <td>
      {of.conversion}
      {of.kind === 'refund' && ', refund'}
    </td>
    <th scope="row">
      <code>{of.event_id}</code>
    </th>
    <td>
      <span class={`outcome ${of.status === 'dead' ? 'odd' : ''}`}>{stateWords[of.status]}</span>{' '}
      <small class="note">{when(of)}</small>
    </td>
    <td class="figure">{of.tries}</td>
    <td class="reason">{of.reason}</td>
    {mayAct && (
      <td>
        {of.status === 'dead' && (
          <button type="button" class="link" onClick={onReplay}>
            Replay<span class="visually-hidden"> {of.event_id}</span>
          </button>
        )}
      </td>
    )}
  </tr>
);

export const DeliveryList = (props: Props) => {
  const { site, data, mayAct, destination, state, turned, refresh } = props;
  const said = useSignal('');
  const busy = useSignal(false);
  const send = async (name: string, ids?: string[]): Promise<void> => {
    if (busy.peek()) return;
    busy.value = true;
    said.value = await replay(site, name, ids).then(
      ({ replayed, too_old }) =>
        `${formatCount(replayed)} ${replayed === 1 ? 'waits' : 'wait'} again at ${name}${too_old > 0 ? `, ${formatCount(too_old)} too old for the platform` : ''}.`,
      messageOf,
    );
    busy.value = false;
    refresh();
  };
  const withDead = data.destinations.filter(
    ({ name, counts }) =>
      (counts.dead ?? 0) > 0 && (destination.value === null || destination.value === name),
  );
  const { deliveries, next } = data;
  return (
    <section class="panel below" aria-labelledby="deliveries-title">
      <div class="panel-head">
        <h2 id="deliveries-title">
          Deliveries <span>one conversion to one destination, the newest first</span>
        </h2>
        <Filters {...props} />
      </div>
      {mayAct && withDead.length > 0 && (
        <p class="replays">
          {withDead.map(({ name, counts }) => (
            <button key={name} type="button" class="button" onClick={() => send(name)}>
              Replay all {formatCount(counts.dead ?? 0)} of {name}
            </button>
          ))}
        </p>
      )}
      <p class="note" role="status">
        {said.value}
      </p>
      {deliveries.length === 0 ? (
        <p class="note">
          None{state && ` ${stateWords[state]}`}
          {destination.value && ` at ${destination.value}`}
          {!state && ': the next conversion brings one'}.
        </p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it does not fit
        <section class="scroll" tabIndex={0} aria-label="Deliveries">
          <table class="compare deliveries">
            <thead>
              <tr>
                <th scope="col">Came at</th>
                <th scope="col">Destination</th>
                <th scope="col">Conversion</th>
                <th scope="col">Event</th>
                <th scope="col">State</th>
                <th scope="col" class="figure">
                  Tries
                </th>
                <th scope="col">Reason</th>
                {mayAct && <td />}
              </tr>
            </thead>
            <tbody>
              {deliveries.map((each) => (
                <Row
                  key={each.id}
                  of={each}
                  mayAct={mayAct}
                  onReplay={() => send(each.destination, [each.id])}
                />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {(turned.value.length > 0 || next !== null) && (
        <p class="replays">
          <button
            type="button"
            class="button"
            aria-disabled={turned.value.length === 0}
            onClick={() => {
              turned.value = turned.peek().slice(0, -1);
            }}
          >
            Newer
          </button>
          <button
            type="button"
            class="button"
            aria-disabled={next === null}
            onClick={() => {
              if (next !== null) turned.value = [...turned.peek(), next];
            }}
          >
            Older
          </button>
        </p>
      )}
    </section>
  );
};
