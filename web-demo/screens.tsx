/**
 * Which code draws which screen. The first one comes with the page; the others are fetched when they
 * are wanted, and all of them once the page has nothing else to do, so that nothing is asked of the
 * network later: not after a file was dropped, not without a connection.
 */
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { Frame } from './parts/frame.tsx';
import { RiverScreen } from './screens/river.tsx';
import type { Screen } from './settings.ts';
import { loaded } from './state.ts';

const fetchers: Record<Exclude<Screen, 'river'>, () => Promise<ComponentType>> = {
  compare: async () => (await import('./screens/compare.tsx')).CompareScreen,
  claims: async () => (await import('./screens/claims.tsx')).ClaimsScreen,
  journeys: async () => (await import('./screens/journeys.tsx')).JourneysScreen,
  markov: async () => (await import('./screens/markov.tsx')).MarkovScreen,
  flow: async () => (await import('./screens/flow.tsx')).FlowScreen,
  money: async () => (await import('./screens/money.tsx')).MoneyScreen,
  customers: async () => (await import('./screens/customers.tsx')).CustomersScreen,
  truth: async () => (await import('./screens/truth.tsx')).TruthScreen,
  live: async () => (await import('./screens/live.tsx')).LiveScreen,
  destinations: async () => (await import('./screens/destinations.tsx')).DestinationsScreen,
  setup: async () => (await import('./screens/setup.tsx')).SetupScreen,
};

/** Screens whose code is here. */
const here = signal<Partial<Record<Screen, ComponentType>>>({ river: RiverScreen });

const Fetching = () => (
  <main>
    <p class="empty">Fetching this screen…</p>
  </main>
);

const Lost = () => (
  <Frame title="This screen could not be fetched" lead="Its code did not arrive. Reload the page.">
    {null}
  </Frame>
);

const under = new Map<Screen, Promise<void>>();
const fetchScreen = (screen: Screen): Promise<void> => {
  if (screen === 'river' || here.peek()[screen]) return Promise.resolve();
  const known = under.get(screen);
  if (known) return known;
  const show = (Screen: ComponentType): void => {
    here.value = { ...here.peek(), [screen]: Screen };
  };
  const work = fetchers[screen]().then(show, () => show(Lost));
  under.set(screen, work);
  return work;
};

export const screenOf = (screen: Screen): ComponentType => {
  const known = here.value[screen];
  if (!known) void fetchScreen(screen);
  return known ?? Fetching;
};

/** Everything else, after the first figures are on the screen. */
const stop = loaded.subscribe((data) => {
  if (!data) return;
  const idle = globalThis.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 200));
  idle(() => {
    stop();
    for (const screen of Object.keys(fetchers) as Screen[]) void fetchScreen(screen);
  });
});
