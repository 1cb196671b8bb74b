/** Whether conversions reach the platforms: each destination's health, and the deliveries. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { siteAccess } from '../access.ts';
import { type Deliveries, deliveryStates, readDeliveries } from '../deliveries.ts';
import { formatCount } from '../format.ts';
import { messageOf } from '../moments.ts';
import { CopyBox } from '../parts/copy.tsx';
import { DeliveryList } from '../parts/delivery-list.tsx';
import { DestinationPanel } from '../parts/destination.tsx';
import { Frame } from '../parts/frame.tsx';
import { SignInNotice } from '../parts/sign-in.tsx';
import { firstDestination } from '../snippets.ts';
import { settings } from '../state.ts';

const REFRESH_MS = 4000;

const HowToAdd = () => (
  <section class="panel how-to-add" aria-labelledby="none-title">
    <h2 id="none-title">
      A destination <span>is a field of the site in headwater.config.json</span>
    </h2>
    <p class="note">
      Put in your own pixel’s id. The token itself stands in the environment variable that is named
      there, never in the file. The other platforms (Google Ads, GA4, TikTok, LinkedIn, Microsoft,
      Pinterest, Snapchat, Reddit, X, a webhook) and their fields are in docs/destinations.md. Then
      start the worker again.
    </p>
    <CopyBox label="A destination for headwater.config.json" text={firstDestination} />
  </section>
);

const Summary = ({ destinations }: { destinations: Deliveries['destinations'] }) => {
  const sum = (state: (typeof deliveryStates)[number]): number =>
    destinations.reduce((total, { counts }) => total + (counts[state] ?? 0), 0);
  const working = destinations.filter(({ state }) => state === 'working').length;
  const waiting = sum('waiting') + sum('sending');
  return (
    <p class="summary">
      <strong>
        {working === destinations.length
          ? working === 1
            ? 'The destination works'
            : `All ${working} destinations work`
          : `${working} of ${destinations.length} destinations work`}
      </strong>
      : {formatCount(sum('delivered'))} delivered, {formatCount(waiting)} waiting,{' '}
      {formatCount(sum('dead'))} given up, {formatCount(sum('skipped'))} never to be sent.
    </p>
  );
};

/** Reads while the screen is open and in sight. */
const Shown = ({ site, mayAct }: { site: string; mayAct: boolean }) => {
  const answer = useSignal<Deliveries | null>(null);
  const failed = useSignal('');
  const destination = useSignal<string | null>(null);
  const turned = useSignal<string[]>([]);
  const again = useSignal(0);
  const state = deliveryStates.find((each) => each === settings.value.delivered) ?? null;
  const before = turned.value.at(-1) ?? null;
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let first = true;
    const read = async (): Promise<void> => {
      try {
        if (first || !document.hidden) {
          const wanted = { destination: destination.peek(), state, before };
          const news = await readDeliveries(site, wanted, stop.signal);
          if (stop.signal.aborted) return;
          first = false;
          answer.value = news;
          failed.value = '';
        }
      } catch (error) {
        if (stop.signal.aborted) return;
        failed.value = messageOf(error);
      }
      timer = setTimeout(read, REFRESH_MS);
    };
    void read();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [site, state, before, destination.value, again.value]);
  const data = answer.value;
  return (
    <>
      {failed.value && (
        <div class="notice problem" role="alert">
          <p>
            The destinations could not be read: {failed.value} It is tried again every few seconds.
          </p>
        </div>
      )}
      {!data && !failed.value && <p class="empty">Reading the destinations…</p>}
      {data?.destinations.length === 0 && (
        <>
          <p class="summary">This site has no destination yet.</p>
          <HowToAdd />
        </>
      )}
      {data && data.destinations.length > 0 && (
        <>
          <Summary destinations={data.destinations} />
          {!mayAct && (
            <div class="notice read-only">
              <p>
                Your key may read, not send: replaying and trials need a key with the scope{' '}
                <code>admin</code>.
              </p>
            </div>
          )}
          <div class="destinations">
            {data.destinations.map((each) => (
              <DestinationPanel key={each.name} site={site} of={each} mayAct={mayAct} />
            ))}
          </div>
          <DeliveryList
            site={site}
            data={data}
            mayAct={mayAct}
            destination={destination}
            state={state}
            turned={turned}
            refresh={() => {
              again.value++;
            }}
          />
        </>
      )}
    </>
  );
};

export const DestinationsScreen = () => {
  const access = siteAccess.value;
  return (
    <Frame
      title="Do conversions reach the platforms?"
      lead="What waits, what arrived and how quickly, which identifiers go along, what was given up and why, and what there is to mend. Read anew every few seconds."
      ownData={false}
    >
      {access ? (
        <Shown key={access.site} site={access.site} mayAct={access.scopes.includes('admin')} />
      ) : (
        <>
          <SignInNotice what="the destinations of its site appear here, with their health and every delivery." />
          <HowToAdd />
        </>
      )}
    </Frame>
  );
};
