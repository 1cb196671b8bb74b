/** The page's state as signals, and the only place that talks to the engine's worker. */
import { batch, computed, effect, signal } from '@preact/signals';
import type {
  DatasetJourney,
  DatasetSummary,
  ModelCredit,
  ModelInterval,
} from '../wasm/binding/types.ts';
import { forgetAccess } from './access.ts';
import { type ChannelLook, looksOf } from './channels.ts';
import { rulesFor } from './claim-rules.ts';
import { day } from './format.ts';
import type {
  Claim,
  ClaimRule,
  Failure,
  FromEngine,
  LeftOut,
  Question,
  Questions,
  Source,
  ToEngine,
} from './messages.ts';
import { models } from './models.ts';
import { defaults, readSettings, type Settings, writeSettings } from './settings.ts';

/** What is on the screen: one dataset, by where it came from. */
export interface Loaded {
  source: Source;
  summary: DatasetSummary;
  /** Which of its columns plays which role can be chosen. */
  hasColumns: boolean;
  /** When it was read whole, Unix ms. */
  at: number;
  looks: ChannelLook[];
}

export interface Result {
  credits: ModelCredit[];
  journeys: DatasetJourney[];
  settings: Settings;
}

export interface Progress {
  id: number;
  name: string;
  bytes: number;
  total: number | null;
}

export const settings = signal<Settings>(readSettings(location.hash));
export const loaded = signal<Loaded | null>(null);
export const result = signal<Result | null>(null);
export const progress = signal<Progress | null>(null);
/** Every model side by side, for the compare screen. */
export interface Comparison {
  channels: string[];
  credits: (ModelCredit | ModelInterval)[];
  leftOut: LeftOut[];
  /** More models are still to come. */
  more: boolean;
  intervals: boolean;
}
export const comparison = signal<Comparison | null>(null);
export const intervalsWanted = computed(() => settings.value.intervals);
export const claims = signal<Claim[] | null>(null);
/** The platforms' own windows, where nobody has chosen others. */
export const claimRules = computed((): ClaimRule[] => {
  const { windows } = settings.value;
  const channels = loaded.value?.summary.channels ?? [];
  return rulesFor(channels).map((rule) => {
    const chosen = windows.find(([place]) => channels[place] === rule.channel);
    return chosen ? { ...rule, clickMs: chosen[1] * day, viewMs: chosen[2] * day } : rule;
  });
});
export const problem = signal<(Failure & { title: string; source?: Source }) | null>(null);
/** A slider is being dragged: marks follow at once instead of gliding. */
export const dragging = signal(false);

/** Models that the data on the screen can be split by. */
export const usableModels = computed(() =>
  models.filter(({ needsTimes }) => !needsTimes || (loaded.value?.summary.hasTimes ?? true)),
);

/** The chosen model, or linear where the data lacks the times it needs. */
export const model = computed(() => {
  const { model: chosen } = settings.value;
  return usableModels.value.some(({ id }) => id === chosen) ? chosen : 'linear';
});

export const nameOf = (source: Source): string => {
  if (source.kind === 'file') return source.file.name;
  return source.kind === 'site' ? `site ${source.site}` : 'sample shop';
};

const engine = new Worker(new URL('engine-worker.js', import.meta.url), { type: 'module' });
const send = (message: ToEngine): void => engine.postMessage(message);

let lastId = 0;
let opening: { id: number; source: Source } | null = null;
/** The question under way, and whether a newer one waits for its answer. */
let asked: { id: number; settings: Settings } | null = null;
let stale = false;

/** Questions of screens that wait for their answers. */
const waiting = new Map<number, (answer: unknown) => void>();

/** @param done gets the answer, or null when there is none */
export const askEngine = <K extends keyof Questions>(
  kind: K,
  ask: Questions[K]['ask'],
  done: (answer: Questions[K]['answer'] | null) => void,
): void => {
  const id = ++lastId;
  waiting.set(id, done as (answer: unknown) => void);
  send({ type: 'ask', id, question: { kind, ask } as Question });
};

const settle = (id: number, answer: unknown): void => {
  const done = waiting.get(id);
  waiting.delete(id);
  done?.(answer);
};

/** Loads another dataset; the one on the screen stays until the new one is whole. */
export const open = (source: Source): void => {
  opening = { id: ++lastId, source };
  progress.value = { id: lastId, name: nameOf(source), bytes: 0, total: null };
  send({ type: 'open', id: lastId, source });
};

export const cancel = (): void => {
  if (!opening) return;
  send({ type: 'cancel', id: opening.id });
  opening = null;
  progress.value = null;
  if (!loaded.peek()) open({ kind: 'sample' });
};

/** Models whose credit is not known for these settings: all at first, then what a slider moves. */
const outdated = ({ halfLifeMs, weights }: Settings): string[] => {
  const before = result.peek()?.settings;
  const ids = usableModels.peek().map(({ id }) => id);
  if (!before) return ids;
  return ids.filter(
    (id) =>
      (id === 'time_decay' && halfLifeMs !== before.halfLifeMs) ||
      (id === 'position' && weights.join() !== before.weights.join()),
  );
};

const ask = (): void => {
  if (asked) {
    stale = true;
    return;
  }
  const now = { ...settings.peek(), model: model.peek() };
  const { halfLifeMs, weights } = now;
  asked = { id: ++lastId, settings: now };
  send({
    type: 'attribute',
    id: lastId,
    models: outdated(now),
    model: now.model,
    options: { halfLifeMs, weights },
  });
};

const onOpened = (
  { summary, hasColumns }: Extract<FromEngine, { type: 'opened' }>,
  source: Source,
): void => {
  opening = null;
  // An answer about the dataset before must not be shown beside the new one.
  asked = null;
  stale = false;
  batch(() => {
    // Places of another data mean nothing in this one.
    if (loaded.peek()) forgetPlaces();
    const looks = looksOf(summary.channels);
    loaded.value = { source, summary, hasColumns, at: Date.now(), looks };
    progress.value = null;
    // The sample that takes the place of a source that failed leaves the reason on the screen.
    if (source.kind !== 'sample') problem.value = null;
    result.value = null;
    comparison.value = null;
    claims.value = null;
  });
};

const onCredited = (id: number, credits: ModelCredit[], journeys: DatasetJourney[]): void => {
  if (asked?.id !== id) return;
  const changed = new Set(credits.map((credit) => credit.model));
  const kept = (result.peek()?.credits ?? []).filter((credit) => !changed.has(credit.model));
  result.value = { credits: [...kept, ...credits], journeys, settings: asked.settings };
  asked = null;
  if (stale) {
    stale = false;
    ask();
  }
};

const onFailed = (id: number, failure: Failure): void => {
  const failed = opening?.id === id ? opening.source : null;
  if (failed) {
    opening = null;
    progress.value = null;
  }
  if (asked?.id === id) asked = null;
  settle(id, null);
  const title = failed ? `Could not read ${nameOf(failed)}` : 'The engine could not answer';
  problem.value = { ...failure, title, ...(failed && { source: failed }) };
  if (failed?.kind !== 'site') return;
  // A key that opens nothing is of no more use.
  if (failure.code === 'key') forgetAccess();
  if (!loaded.peek()) open({ kind: 'sample' });
};

/** Says aloud why nobody is signed in. */
export const refuse = (message: string): void => {
  problem.value = {
    title: 'Not signed in',
    code: 'key',
    message,
    line: 0,
    column: 0,
  };
};

engine.addEventListener('message', ({ data }: MessageEvent<FromEngine>) => {
  if (data.type === 'progress' && progress.peek()?.id === data.id)
    progress.value = { ...progress.peek()!, bytes: data.bytes, total: data.total };
  if (data.type === 'opened' && opening?.id === data.id) onOpened(data, opening.source);
  if (data.type === 'credited') onCredited(data.id, data.credits, data.journeys);
  if (data.type === 'compared' && data.id === compared?.id) {
    const { channels, credits, leftOut, more } = data;
    comparison.value = { channels, credits, leftOut, more, intervals: compared.intervals };
  }
  if (data.type === 'claimed' && data.id === claimed) claims.value = data.claims;
  if (data.type === 'answered') settle(data.id, data.answer.answer);
  if (data.type === 'failed') onFailed(data.id, data.failure);
});
engine.addEventListener('error', (event) => {
  problem.value = {
    title: 'The engine could not start',
    code: 'load',
    message: event.message || 'engine-worker.js could not be loaded. Reload the page.',
    line: 0,
    column: 0,
  };
});

let compared: { id: number; intervals: boolean } | null = null;
let claimed = 0;
const REPLICATES = 200;

effect(() => {
  const { screen, halfLifeMs, weights } = settings.value;
  const intervals = intervalsWanted.value;
  if (!loaded.value || screen !== 'compare') return;
  compared = { id: ++lastId, intervals };
  const options = { halfLifeMs, weights, seed: 1 };
  send({ type: 'compare', id: lastId, options, replicates: intervals ? REPLICATES : 0 });
});

effect(() => {
  const rules = claimRules.value;
  if (!loaded.value || settings.value.screen !== 'claims') return;
  claimed = ++lastId;
  send({ type: 'claim', id: claimed, rules });
});

effect(() => {
  // Read, so that the effect runs again when one of them changes.
  const { screen } = settings.value;
  if (loaded.value && screen === 'river') ask();
});

const linkOf = (now: Settings): string =>
  `${location.pathname}${location.search}${writeSettings(now)}`;

/** Changes settings and the URL; while dragging, the history gets no entry. */
export const choose = (change: Partial<Settings>): void => {
  settings.value = { ...settings.peek(), ...change };
  const url = linkOf(settings.peek());
  if (dragging.peek()) history.replaceState(null, '', url);
  else if (url !== location.pathname + location.search + location.hash)
    history.pushState(null, '', url);
};

const forgetPlaces = (): void => {
  const { journey, removed, cutChannel, windows, claim } = defaults;
  settings.value = { ...settings.peek(), journey, removed, cutChannel, windows, claim };
  history.replaceState(null, '', linkOf(settings.peek()));
};

addEventListener('popstate', () => {
  settings.value = readSettings(location.hash);
});
