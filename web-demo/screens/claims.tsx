/** What each platform would report as its own sales, beside the sales that there were. */
import { colourOf, looksOf } from '../channels.ts';
import { KeyMark } from '../charts/mark.tsx';
import { ruleOf } from '../claim-rules.ts';
import { day, exactMicros, formatMicros, formatMicrosShort, formatShare } from '../format.ts';
import type { Claim } from '../messages.ts';
import { ClaimedPanel } from '../parts/claimed-orders.tsx';
import { Explain } from '../parts/explain.tsx';
import { Frame } from '../parts/frame.tsx';
import { type Figures, howOf, Why } from '../parts/why.tsx';
import { choose, claimRules, claims, type Loaded, loaded, settings } from '../state.ts';

const WINDOWS = [1, 5, 7, 14, 28, 30, 90];
const VIEWS = [0, 1, 7];

const change = (channel: string, part: { clickMs?: number; viewMs?: number }): void => {
  const place = loaded.peek()?.summary.channels.indexOf(channel) ?? -1;
  const rule = claimRules.peek().find((each) => each.channel === channel);
  if (place < 0 || !rule) return;
  const { clickMs, viewMs } = { ...rule, ...part };
  const others = settings.peek().windows.filter(([at]) => at !== place);
  choose({ windows: [...others, [place, clickMs / day, viewMs / day]] });
};

const Days = ({
  label,
  days,
  options,
  onChange,
}: {
  label: string;
  days: number;
  options: number[];
  onChange: (days: number) => void;
}) => (
  <select
    aria-label={label}
    value={days}
    onChange={(event) => onChange(Number(event.currentTarget.value))}
  >
    {options.map((n) => (
      <option key={n} value={n}>
        {n === 0 ? 'none' : n === 1 ? '1 day' : `${n} days`}
      </option>
    ))}
  </select>
);

/** Claims end to end, beside the length of what really was sold; one stop of the Tab key, arrows within. */
const Bars = ({ rows, real }: { rows: Claim[]; real: number }) => {
  const looks = looksOf(rows.map(({ channel }) => channel));
  const all = rows.reduce((sum, { conversions }) => sum + conversions, 0);
  const width = Math.max(all, real, 1);
  const part = (amount: number): string => `${((amount / width) * 100).toFixed(3)}%`;
  const now = settings.value.claim;
  const stop = now !== null && now < rows.length ? now : 0;
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLElement }): void => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape' && now !== null) choose({ claim: null });
    if (!step) return;
    event.preventDefault();
    const slivers = [...event.currentTarget.querySelectorAll('button')];
    const here = slivers.indexOf(event.target as HTMLButtonElement);
    slivers[here + step]?.focus();
  };
  return (
    <div class="claim-bars">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a row of slivers */}
      <div role="group" aria-label="Claims, by channel" onKeyDown={onKeyDown}>
        {rows.map(({ channel, conversions }, i) => (
          <button
            key={channel}
            type="button"
            tabIndex={i === stop ? 0 : -1}
            aria-pressed={i === now}
            aria-label={`${channel} ${formatMicrosShort(conversions)} claimed: its orders`}
            class={conversions / width < 0.07 ? 'narrow' : ''}
            style={{ '--part': part(conversions), '--mark': colourOf(looks[i]!) }}
            title={`${channel} claims ${formatMicrosShort(conversions)}`}
            onClick={() => choose({ claim: i === now ? null : i })}
          >
            <b>
              {channel} {formatMicrosShort(conversions)}
            </b>
          </button>
        ))}
      </div>
      <div aria-hidden="true">
        <span class="real" style={{ '--part': part(real) }}>
          <b>Sales there were {formatMicrosShort(real)}</b>
        </span>
      </div>
      <i aria-hidden="true" style={{ '--part': part(real) }} />
    </div>
  );
};

const figures: Figures = [
  [
    'Claims',
    'sales with at least one touch of the channel inside the windows of its row, each counted whole; these windows, not those below, hold here',
  ],
  [
    'Of all sales',
    'claims ÷ the sales that there were; over 100 % together, since one sale is claimed by several',
  ],
  ['Value claimed', 'the whole value of the claimed sales'],
];

const Picture = ({ data, rows }: { data: Loaded; rows: Claim[] }) => {
  const { summary } = data;
  const looks = looksOf(rows.map(({ channel }) => channel));
  const claimed = rows.reduce((sum, { conversions }) => sum + conversions, 0);
  const claimedValue = rows.reduce((sum, { value }) => sum + value, 0);
  const ratio = claimed / (summary.conversions || 1);
  return (
    <>
      <p class="summary" aria-live="polite">
        There were <strong>{formatMicrosShort(summary.conversions)}</strong> sales. By their own
        rules the platforms would report <strong>{formatMicrosShort(claimed)}</strong>:{' '}
        <strong>{ratio.toFixed(2)} times</strong> what was sold
        {ratio > 1 ? '.' : ', since not every sale met one of their touches.'}
      </p>
      <section class="panel" aria-labelledby="claims-title">
        <h2 id="claims-title">
          Claims and sales <span>above: every claim, end to end; below: the sales there were</span>
        </h2>
        <Bars rows={rows} real={summary.conversions} />
        <ClaimedPanel data={data} />
      </section>
      <section class="panel below">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it does not fit */}
        <section class="scroll" tabIndex={0} aria-label="Claims by channel">
          <table class="compare claims">
            <caption>
              Who claims what{' '}
              <span>
                {summary.kind === 'touches'
                  ? 'a claim is every sale with a touch of the channel in its window'
                  : 'this file has no times, so windows do not apply: every sale on a path is claimed'}
              </span>
            </caption>
            <thead>
              <tr>
                <th scope="col">Channel</th>
                <th scope="col">By the rule of</th>
                <th scope="col">Clicks count for</th>
                <th scope="col">Views count for</th>
                <th scope="col" class="figure">
                  <Why name="Claims" how={howOf(figures, 'Claims')}>
                    Claims
                  </Why>
                </th>
                <th scope="col" class="figure">
                  <Why name="Of all sales" how={howOf(figures, 'Of all sales')}>
                    of all sales
                  </Why>
                </th>
                <th scope="col" class="figure">
                  <Why name="Value claimed" how={howOf(figures, 'Value claimed')}>
                    Value claimed
                  </Why>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ channel, conversions, value }, i) => {
                const rule = ruleOf(channel);
                const set = claimRules.value.find((each) => each.channel === channel);
                return (
                  <tr key={channel}>
                    <th scope="row">
                      <span class="channel">
                        <KeyMark look={looks[i]!} />
                        {channel}
                      </span>
                    </th>
                    <td>
                      {rule.name}{' '}
                      <small class="note">
                        {rule.confirmed
                          ? `default in ${rule.asOf}`
                          : 'a common window, not confirmed'}
                      </small>
                    </td>
                    <td>
                      <Days
                        label={`Clicks of ${channel} count for`}
                        days={(set?.clickMs ?? 0) / day}
                        options={WINDOWS}
                        onChange={(days) => change(channel, { clickMs: days * day })}
                      />
                    </td>
                    <td>
                      <Days
                        label={`Views of ${channel} count for`}
                        days={(set?.viewMs ?? 0) / day}
                        options={VIEWS}
                        onChange={(days) => change(channel, { viewMs: days * day })}
                      />
                    </td>
                    <td class="figure">
                      <data value={exactMicros(conversions)}>{formatMicrosShort(conversions)}</data>
                    </td>
                    <td class="figure">{formatShare(conversions / (summary.conversions || 1))}</td>
                    <td class="figure">{formatMicros(value)}</td>
                  </tr>
                );
              })}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row">All claims</th>
                <td colSpan={3} />
                <td class="figure">
                  <data value={exactMicros(claimed)}>{formatMicrosShort(claimed)}</data>
                </td>
                <td class="figure">{formatShare(ratio)}</td>
                <td class="figure">{formatMicros(claimedValue)}</td>
              </tr>
              <tr>
                <th scope="row">Sales there were</th>
                <td colSpan={3} />
                <td class="figure">
                  <data value={exactMicros(summary.conversions)}>
                    {formatMicrosShort(summary.conversions)}
                  </data>
                </td>
                <td class="figure">{formatShare(1)}</td>
                <td class="figure">{formatMicros(summary.value)}</td>
              </tr>
            </tfoot>
          </table>
        </section>
        <Explain figures={figures} />
      </section>
    </>
  );
};

export const ClaimsScreen = () => (
  <Frame
    title="Who claims the same sale?"
    lead="Each platform sees only its own touches and counts the whole sale when one lies in its window. So the claims add up to more than was sold. Here are those rules over the same journeys."
  >
    {loaded.value && claims.value ? (
      claims.value.length > 0 ? (
        <Picture data={loaded.value} rows={claims.value} />
      ) : (
        <p class="empty">No channel of this data has a platform that would claim for it.</p>
      )
    ) : (
      <p class="empty">Counting the claims…</p>
    )}
  </Frame>
);
