/** From nothing to the first event, and from an event to a conversion, for the signed-in site. */
import { useSignal } from '@preact/signals';
import { type SiteAccess, siteAccess } from '../access.ts';
import { formatCount } from '../format.ts';
import { arrived, connection, events, type LiveEvent, refusals } from '../live.ts';
import { CopyBox } from '../parts/copy.tsx';
import { Frame } from '../parts/frame.tsx';
import { NewSite } from '../parts/new-site.tsx';
import { SignInNotice } from '../parts/sign-in.tsx';
import {
  conversionOf,
  KEY_VARIABLE,
  originOf,
  snippetIds,
  snippets,
  type What,
} from '../snippets.ts';
import { choose, settings } from '../state.ts';

/** Shown to who is not signed in. */
const example: SiteAccess = {
  site: 'shop',
  currency: 'USD',
  scopes: [],
  paths: { script: '/hw.js', pixel: '/p.gif' },
  origins: ['https://www.example.com'],
};
const exampleOrigin = 'https://www.example.com';

const sendings: [What, string][] = [
  ['hello', 'a greeting, which counts for nothing'],
  ['order', 'an order'],
];

const Sending = ({ what, onChange }: { what: What; onChange: (what: What) => void }) => (
  <fieldset class="sending">
    <legend>It sends</legend>
    {sendings.map(([id, words]) => (
      <label key={id} class="check">
        <input type="radio" name="what" checked={what === id} onChange={() => onChange(id)} />
        {words}
      </label>
    ))}
  </fieldset>
);

const Snippets = ({ access, origin: own }: { access: SiteAccess; origin: string }) => {
  const typed = useSignal(own);
  const what = useSignal<What>('hello');
  const origin = originOf(typed.value);
  const id = snippetIds.find((each) => each === settings.value.snippet) ?? 'html';
  const shown = snippets[id];
  const forServer = shown.server === true;
  const text = shown.text({ ...access, origin: origin ?? own }, what.value);
  return (
    <section class="panel" aria-labelledby="tag-title">
      <h2 id="tag-title">
        1. Put the tag on your pages <span>or send events from your server</span>
      </h2>
      <fieldset class="snippet-tabs">
        <legend class="visually-hidden">Where it goes</legend>
        <div class="pills">
          {snippetIds.map((each) => (
            <label key={each} class="pill">
              <input
                type="radio"
                name="snippet"
                value={each}
                checked={each === id}
                onChange={() => choose({ snippet: each })}
              />
              <span>{snippets[each].name}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <p class="note">{shown.where}</p>
      {forServer && (
        <Sending
          what={what.value}
          onChange={(next) => {
            what.value = next;
          }}
        />
      )}
      <CopyBox label={`${shown.name} snippet`} text={text} />
      <label class="address">
        <span>Address of the worker</span>
        <input
          type="url"
          value={typed.value}
          aria-invalid={origin === undefined}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
      </label>
      {origin === undefined && (
        <p class="bad" role="alert">
          This is no address such as https://www.example.com; the snippet shows {own}.
        </p>
      )}
      {text.includes(KEY_VARIABLE) ? (
        <p class="note">
          <code>{KEY_VARIABLE}</code> is an API key of <code>{access.site}</code> with the scope{' '}
          <code>events:write</code>: the one that <code>npm start</code> printed, or one of the
          site’s <code>keys</code>. It belongs into the server’s environment, never into a page.
          {forServer &&
            ' What comes again under the same event_id or order_id counts once, also when the tag sends it too.'}
        </p>
      ) : (
        <p class="note">
          Pages that may send: {access.origins.join(', ') || 'none yet'}. Others are refused until
          their address stands under <code>origins</code> in headwater.config.json. In production,
          serve the worker from the pages’ own host, so that its cookie is first-party.{' '}
          <code>?hw_debug=1</code> in a page’s address shows each event there.
        </p>
      )}
    </section>
  );
};

const lines = {
  none: '',
  waiting: 'Connecting to the worker…',
  lost: 'The connection was lost; trying again every three seconds.',
};

const clock = (iso: string): string => new Date(iso).toLocaleTimeString('en-GB');

const Came = ({ event }: { event: LiveEvent }) => (
  <>
    <code>{event.name}</code> at {clock(event.received)}
    {event.channel && `, a visit from ${event.channel}`}, outcome{' '}
    <span class={`outcome ${event.outcome === 'accepted' ? '' : 'odd'}`}>{event.outcome}</span>
    {event.conversions?.length ? `, counts as ${event.conversions.join(', ')}` : ''}.
  </>
);

const Arrival = () => {
  const [event] = events.value;
  const state = connection.value;
  if (state !== 'open' && arrived.value === 0) return <>{lines[state]}</>;
  if (event && arrived.value > 0)
    return (
      <>
        <strong>It works.</strong>{' '}
        {arrived.value > 1 && `${formatCount(arrived.value)} events came; the newest: `}
        <Came event={event} />
      </>
    );
  if (!event) return <>Waiting for your first event…</>;
  return (
    <>
      Waiting for the next event… The newest of before: <Came event={event} />
    </>
  );
};

const FirstEvent = () => (
  <section class="panel first-event" data-came={arrived.value > 0} aria-labelledby="first-title">
    <h2 id="first-title">2. See it arrive</h2>
    <p class="arrival" role="status">
      <Arrival />
    </p>
    {refusals.value.length > 0 && (
      <>
        <p class="note">Not counted since this screen was opened:</p>
        <ul class="refused">
          {refusals.value.map(({ code, count, meaning }) => (
            <li key={code}>
              <strong>{formatCount(count)}</strong> <code>{code}</code> {meaning}
            </li>
          ))}
        </ul>
      </>
    )}
  </section>
);

/** Event names that were seen, and as what they count already. */
const seenEvents = (): Map<string, Set<string>> => {
  const seen = new Map<string, Set<string>>();
  for (const { name, conversions = [] } of events.value) {
    const counted = seen.get(name) ?? new Set();
    for (const each of conversions) counted.add(each);
    seen.set(name, counted);
  }
  return seen;
};

/** As the configuration takes it: `*` stands for any characters. */
const isPath = (text: string): boolean => /^\/[^\s?#]{0,500}$/.test(text);

const Conversions = ({ site }: { site: string }) => {
  const chosen = useSignal<string | null>(null);
  const path = useSignal('');
  const seen = seenEvents();
  const byPath = chosen.value === null && isPath(path.value);
  return (
    <section class="panel" aria-labelledby="conversions-title">
      <h2 id="conversions-title">
        3. Say what counts <span>press an event that was seen, or name a page</span>
      </h2>
      {seen.size === 0 ? (
        <p class="note">The names of your events appear here as they arrive.</p>
      ) : (
        <ul class="seen">
          {[...seen].map(([name, counted]) => (
            <li key={name}>
              <button
                type="button"
                class="button"
                aria-pressed={chosen.value === name}
                onClick={() => {
                  chosen.value = chosen.peek() === name ? null : name;
                }}
              >
                {name}
              </button>
              {counted.size > 0 && <span class="note">counts as {[...counted].join(', ')}</span>}
            </li>
          ))}
        </ul>
      )}
      <label class="address">
        <span>Or a page seen</span>
        <input
          type="text"
          placeholder="/thank-you*"
          value={path.value}
          aria-invalid={path.value !== '' && !isPath(path.value)}
          onInput={(event) => {
            path.value = event.currentTarget.value;
            chosen.value = null;
          }}
        />
      </label>
      {path.value !== '' && !isPath(path.value) && (
        <p class="bad">A path begins with / and has no space, ? or #; * stands for anything.</p>
      )}
      {(chosen.value !== null || byPath) && (
        <>
          <p class="note">
            Add this to the list <code>conversions</code> of the site <code>{site}</code> in
            headwater.config.json, then start the worker again. With <code>"count": "once"</code>{' '}
            only the first of each person counts; <code>"value": 25</code> is what one is worth that
            brings no value.
          </p>
          <CopyBox
            label="Entry of conversions"
            text={conversionOf(
              chosen.value === null ? { url: path.value } : { event: chosen.value },
            )}
          />
        </>
      )}
    </section>
  );
};

export const SetupScreen = () => {
  const access = siteAccess.value;
  return (
    <Frame
      title="From one tag to the first event"
      lead="Paste the tag, see the first event arrive, say which events count as conversions."
      ownData={false}
    >
      {access ? (
        <>
          <div class="setup" key={access.site}>
            <Snippets access={access} origin={location.origin} />
            <div class="setup-side">
              <FirstEvent />
              <Conversions site={access.site} />
            </div>
          </div>
          <NewSite />
        </>
      ) : (
        <>
          <SignInNotice what="the snippets then have your own host and site, and the first event is seen here as it arrives." />
          <Snippets access={example} origin={exampleOrigin} />
          <NewSite />
        </>
      )}
    </Frame>
  );
};
