/** Events of a running worker as they arrive, read with the session of the page. */
import { computed, effect, signal } from '@preact/signals';
import { siteAccess } from './access.ts';
import { settings } from './state.ts';

export interface LiveEvent {
  received: string;
  time: string;
  name: string;
  outcome: string;
  via: string;
  channel?: string;
  interaction?: string;
  conversions?: string[];
  value?: number;
  person: string;
}

export interface Refusal {
  code: string;
  count: number;
  meaning: string;
}

export type Connection = 'none' | 'waiting' | 'open' | 'lost';

/** Newest first. */
export const events = signal<LiveEvent[]>([]);
export const refusals = signal<Refusal[]>([]);
export const connection = signal<Connection>('none');
/** How many came while somebody watched, after those that were there before. */
export const arrived = signal(0);

const KEPT = 200;
const RETRY_MS = 3000;

/** Where the stream goes on after it broke off. */
let newest = '';
/** The stream's first block has come: it holds what was there before. */
let begun = false;

/** @param before it holds what was there before anybody watched */
const take = (block: string, before: boolean): void => {
  newest = /^id: ([\d.]+)$/m.exec(block)?.[1] ?? newest;
  const kind = /^event: (\w+)$/m.exec(block)?.[1];
  const data = /^data: (.*)$/m.exec(block)?.[1];
  if (!kind || !data) return;
  if (kind === 'events') {
    const news = (JSON.parse(data) as LiveEvent[]).reverse();
    events.value = [...news, ...events.peek()].slice(0, KEPT);
    if (!before) arrived.value += news.length;
  } else {
    const counts = new Map(refusals.peek().map((each) => [each.code, each]));
    for (const { code, count, meaning } of JSON.parse(data) as Refusal[])
      counts.set(code, { code, meaning, count: count + (counts.get(code)?.count ?? 0) });
    refusals.value = [...counts.values()].sort((a, b) => b.count - a.count);
  }
};

const listen = async (site: string, signal: AbortSignal): Promise<void> => {
  const url = new URL('/v1/live', location.href);
  url.search = new URLSearchParams(
    newest ? { site, after: newest } : { site, last: '50' },
  ).toString();
  const response = await fetch(url, { signal });
  if (!response.ok || !response.body)
    throw new Error(`live: the server answered ${response.status}`);
  connection.value = 'open';
  let text = '';
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      take(block, !begun);
      begun = true;
    }
  }
};

/** The site to listen to, while one of the screens that show events is open. */
const wanted = computed(() => {
  const { screen } = settings.value;
  return screen === 'live' || screen === 'setup' ? (siteAccess.value?.site ?? null) : null;
});

/** Site that the events shown are of. */
let shown: string | null = null;

/** Listens while it is wanted, and comes back when the connection was lost. */
effect(() => {
  const site = wanted.value;
  if (site === null) {
    connection.value = 'none';
    return;
  }
  if (site !== shown) {
    shown = site;
    newest = '';
    events.value = [];
    refusals.value = [];
    arrived.value = 0;
    begun = false;
  }
  const stop = new AbortController();
  const keep = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      connection.value = 'waiting';
      await listen(site, stop.signal).catch(() => {});
      if (stop.signal.aborted) return;
      connection.value = 'lost';
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  };
  void keep();
  return () => stop.abort();
});
