/** The orders behind one platform's claim: how many somebody else claims, too, and which they are. */
import { computed } from '@preact/signals';
import { colourOf } from '../channels.ts';
import { KeyMark } from '../charts/mark.tsx';
import type { ClaimedOrders } from '../claimed-orders.ts';
import { formatCount, formatMicros, formatMicrosShort, formatShare } from '../format.ts';
import { question } from '../question.ts';
import { claimRules, type Loaded, settings } from '../state.ts';
import { Path } from './path.tsx';

/** The rule whose claim is pressed. */
export const pressed = computed(() => claimRules.value[settings.value.claim ?? -1] ?? null);

const answer = question('claimed', () => {
  const { screen } = settings.value;
  if (screen !== 'claims' || !pressed.value) return null;
  return { channel: pressed.value.channel, rules: claimRules.value.slice(0, 30) };
});

const Others = ({ data, of }: { data: Loaded; of: ClaimedOrders }) => (
  <ul class="also">
    {of.others.map(({ channel, conversions }) => {
      const look = data.looks[data.summary.channels.indexOf(channel)]!;
      return (
        <li key={channel}>
          <span class="channel">
            <KeyMark look={look} />
            {channel}
          </span>
          <span class="also-bar" aria-hidden="true">
            <i
              style={{
                '--part': formatShare(conversions / of.claimed.conversions),
                '--mark': colourOf(look),
              }}
            />
          </span>
          <span class="figure">
            {formatMicrosShort(conversions)}{' '}
            <small>{formatShare(conversions / of.claimed.conversions)}</small>
          </span>
        </li>
      );
    })}
  </ul>
);

const Orders = ({ data, of }: { data: Loaded; of: ClaimedOrders }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it does not fit
  <section class="scroll" tabIndex={0} aria-label={`Orders that ${of.channel} claims`}>
    <table class="compare claimed">
      <caption>
        The orders{' '}
        <span>those that most claim first{of.more && `, ${of.orders.length} of them`}</span>
      </caption>
      <thead>
        <tr>
          <th scope="col">Sold</th>
          <th scope="col" class="figure">
            Value
          </th>
          <th scope="col">Claimed by</th>
          <th scope="col">What came before</th>
        </tr>
      </thead>
      <tbody>
        {of.orders.map(({ journey, at, value, conversions, claimedBy, path }) => (
          <tr key={journey}>
            <th scope="row">
              {at > 0 ? new Date(at).toISOString().slice(0, 10) : `row ${formatCount(journey + 1)}`}
              {conversions !== 1e6 && ` × ${formatMicrosShort(conversions)}`}
            </th>
            <td class="figure">{formatMicros(value)}</td>
            <td>
              <strong>{claimedBy.length}</strong> {claimedBy.join(', ')}
            </td>
            <td>
              <Path path={path} names={data.summary.channels} looks={data.looks} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

export const ClaimedPanel = ({ data }: { data: Loaded }) => {
  const rule = pressed.value;
  if (!rule)
    return <p class="note">Press a claim to see its orders, and who else claims the same ones.</p>;
  const of = answer.value?.answer;
  if (!of || of.channel !== rule.channel)
    return (
      <p class="note" role="status">
        Looking for its orders…
      </p>
    );
  const { claimed, shared } = of;
  return (
    <div class="claimed-orders">
      <p role="status">
        {of.channel} claims <strong>{formatMicrosShort(claimed.conversions)}</strong> sales;{' '}
        <strong>{formatMicrosShort(shared.conversions)}</strong> of them
        {claimed.conversions > 0 && ` (${formatShare(shared.conversions / claimed.conversions)})`}{' '}
        are claimed by somebody else, too, worth <strong>{formatMicros(shared.value)}</strong>.
        {of.looked < of.journeys &&
          ` Among the first ${formatCount(of.looked)} of ${formatCount(of.journeys)} journeys.`}
      </p>
      {of.others.length > 0 && <Others data={data} of={of} />}
      {of.orders.length > 0 && <Orders data={data} of={of} />}
    </div>
  );
};
