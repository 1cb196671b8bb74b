/**
 * Events wait on the device until the server has them: a lost network, a closed tab or a crash costs
 * nothing, and an event that is sent twice has the same id, so it counts once.
 */
import { consent, denied } from './consent.ts';
import { collect, debugging, type Fields, site } from './page.ts';
import { drop, get, keys, put } from './store.ts';

const EVENT = 'e.';
/** Bodies of unfinished keepalive requests share 65,536 bytes; a UTF-16 unit is 3 bytes at most. */
const MOST_CHARS = 20_000;
const MOST_WAITING = 200;
const MOST_WAIT_MS = 60_000;

/** For the overlay: each event, and what became of it. */
export const log: [id: string, event: Fields, outcome: string][] = [];
let watch: () => void = () => {};
export const onLog = (then: () => void): void => {
  watch = then;
};
const tell = (id: string, outcome: string): void => {
  const row = log.find(([each]) => each === id);
  if (row) row[2] = outcome;
  watch();
};

let wait = 1000;
let timer: ReturnType<typeof setTimeout> | undefined;
let flying: string[] = [];

const later = (ms: number): void => {
  clearTimeout(timer);
  timer = setTimeout(flush, ms);
};

export const track = (name: string, fields: Fields = {}): void => {
  const now = Date.now();
  const id =
    now.toString(36) +
    [...crypto.getRandomValues(new Uint8Array(10))].map((b) => (b % 36).toString(36)).join('');
  const event = denied()
    ? { name }
    : { name, event_id: id, occurred_at: now, url: location.origin + location.pathname, ...fields };
  put(EVENT + id, JSON.stringify({ ...event, consent }), denied());
  if (debugging) log.push([id, event, 'waiting']);
  tell(id, 'waiting');
  for (const old of keys(EVENT).slice(0, -MOST_WAITING)) drop(old);
  later(0);
};

/** The next events that fit one request, and its body. */
const pack = (): [string[], string] => {
  const taken: string[] = [];
  const events: string[] = [];
  let size = 0;
  for (const key of keys(EVENT)) {
    const text = get(key);
    if (!text || flying.includes(key)) continue;
    size += text.length;
    if (size > MOST_CHARS && taken.length) break;
    taken.push(key);
    events.push(text);
  }
  const head = JSON.stringify({ site, sent_at: Date.now(), cookie: !denied() });
  return [taken, `${head.slice(0, -1)},"events":[${events}]}`];
};

/** What the server said of a request, told to the overlay. */
const report = (taken: string[], answer: Fields): void => {
  const refused = (answer.refused ?? []) as { index: number; code: string }[];
  taken.forEach((key, index) => {
    const no = refused.find((each) => each.index === index);
    const fine = answer.duplicates === taken.length ? 'duplicate' : 'accepted';
    tell(key.slice(EVENT.length), no?.code ?? (answer.code as string) ?? fine);
  });
};

const send = async (): Promise<void> => {
  for (;;) {
    const [taken, body] = pack();
    if (!taken.length) return;
    flying = taken;
    try {
      const response = await fetch(collect, {
        method: 'POST',
        body,
        keepalive: true,
        credentials: denied() ? 'omit' : 'include',
        headers: { 'content-type': 'text/plain' },
      });
      const { ok, status } = response;
      if (debugging) report(taken, await response.json());
      // What is wrong in itself is wrong the next time, too; anything else may pass.
      if (!ok && status !== 400 && status !== 413) throw status;
      taken.forEach(drop);
      wait = 1000;
    } catch {
      wait = Math.min(wait * 2, MOST_WAIT_MS);
      later(wait * (0.5 + Math.random()));
      return;
    } finally {
      flying = [];
    }
  }
};

/** One tab at a time sends what waits; where locks are missing, a repeat is a duplicate. */
export const flush = (): void => {
  const { locks } = navigator;
  if (flying.length) return;
  if (!locks) void send();
  else
    void locks.request(`hw.${site}`, { ifAvailable: true }, (lock) =>
      lock ? send() : later(1000),
    );
};

/** The page goes: what waits is handed to the browser, and stays queued until an answer is seen. */
export const leave = (): void => {
  const [taken, body] = pack();
  if (taken.length && !denied()) navigator.sendBeacon(collect, body);
};
