/** Events of a running worker as they arrive, read with the session of the page. */
import { computed, effect, signal } from '@preact/signals';
import { sites, storedSite } from './access.ts';
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

const KEPT = 200;
const RETRY_MS = 3000;

/** Where the stream goes on after it broke off. */
let newest = '';

const take = (block: string): void => {
  newest = /^id: ([\d.]+)$/m.exec(block)?.[1] ?? newest;
  const kind = /^event: (\w+)$/m.exec(block)?.[1];
  const data = /^data: (.*)$/m.exec(block)?.[1];
  if (!kind || !data) return;
  if (kind === 'events') {
    const news = (JSON.parse(data) as LiveEvent[]).reverse();
    events.value = [...news, ...events.peek()].slice(0, KEPT);
  } else {
    const counts = new Map(refusals.peek().map((each) => [each.code, each]));
    for (const { code, count, meaning } of JSON.parse(data) as Refusal[])
      counts.set(code, { code, meaning, count: count + (counts.get(code)?.count ?? 0) });
    refusals.value = [...counts.values()].sort((a, b) => b.count - a.count);
  }
};

const listen = async (signal: AbortSignal): Promise<void> => {
  const site = storedSite();
  if (!site) return;
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
    for (const block of blocks) take(block);
  }
};

/** Site that the events shown are of. */
let shown: string | null = null;

const isOpen = computed(() => settings.value.screen === 'live');

/** Listens while the screen is open, and comes back when the connection was lost. */
effect(() => {
  if (!isOpen.value) return;
  if (sites.value.length === 0) {
    connection.value = 'none';
    return;
  }
  const site = storedSite();
  if (site !== shown) {
    shown = site;
    newest = '';
    events.value = [];
    refusals.value = [];
  }
  const stop = new AbortController();
  const keep = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      connection.value = 'waiting';
      await listen(stop.signal).catch(() => {});
      if (stop.signal.aborted) return;
      connection.value = 'lost';
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  };
  void keep();
  return () => stop.abort();
});
