/** Which sales a platform claims, and who else claims the same ones: each rule's windows over the journeys. */
import type { FullDataset } from '../wasm/binding/full.ts';
import { day } from './format.ts';
import type { Claim, ClaimRule } from './messages.ts';

/** One converting journey; amounts in micros. */
export interface ClaimedOrder {
  /** Place in the data. */
  journey: number;
  /** Unix ms; 0 when unknown. */
  at: number;
  conversions: number;
  value: number;
  /** Indices of channels, the whole path within 30 days for clicks and one for views. */
  path: number[];
  claimedBy: string[];
}

export interface ClaimedOrders {
  channel: string;
  /** Journeys that were looked at, of all. */
  looked: number;
  journeys: number;
  /** Claimed by the channel, and of these by somebody else, too. */
  claimed: Claim;
  shared: Claim;
  /** What the others claim of it, the most first. */
  others: Claim[];
  /** Those that most platforms claim first, then the newest. */
  orders: ClaimedOrder[];
  /** There are more orders than are listed. */
  more: boolean;
}

/** More journeys would take longer than a person waits. */
const MOST_JOURNEYS = 50_000;
const PAGE = 1000;
const SHOWN = 15;

type Journeys = ReturnType<FullDataset['journeys']>;

/** Calls `see` with each page of converting and other journeys up to the bound. */
const eachPage = (dataset: FullDataset, see: (page: Journeys, first: number) => void): number => {
  for (let first = 0; first < MOST_JOURNEYS; first += PAGE) {
    const page = dataset.journeys(first, PAGE, []);
    see(page, first);
    if (page.length < PAGE) return first + page.length;
  }
  return MOST_JOURNEYS;
};

/** @param rules of every channel that claims, at most 30: the windows that hold now */
export const claimedOrders = (
  dataset: FullDataset,
  { channel, rules }: { channel: string; rules: ClaimRule[] },
): ClaimedOrders => {
  const { kind, channels, journeys } = dataset.summary();
  const timed = kind === 'touches';
  const marks = new Uint32Array(Math.min(journeys, MOST_JOURNEYS));
  try {
    for (const [bit, rule] of rules.entries()) {
      // The core takes 0 for "no limit"; the shortest window stands for "not at all".
      if (timed) dataset.setWindows({ clickMs: rule.clickMs, impressionMs: rule.viewMs || 1 });
      const place = channels.indexOf(rule.channel);
      eachPage(dataset, (page, first) => {
        for (const [i, journey] of page.entries())
          if (journey.conversions > 0 && journey.channels.includes(place))
            marks[first + i]! |= 1 << bit;
      });
    }
  } finally {
    if (timed) dataset.setWindows({ clickMs: 30 * day, impressionMs: day });
  }
  const own = 1 << rules.findIndex((rule) => rule.channel === channel);
  const sums = rules.map((rule): Claim => ({ channel: rule.channel, conversions: 0, value: 0 }));
  const claimed: Claim = { channel, conversions: 0, value: 0 };
  const shared: Claim = { channel, conversions: 0, value: 0 };
  const add = (to: Claim, { conversions, value }: { conversions: number; value: number }): void => {
    to.conversions += conversions;
    to.value += value;
  };
  const found: ClaimedOrder[] = [];
  const looked = eachPage(dataset, (page, first) => {
    for (const [i, journey] of page.entries()) {
      const mark = marks[first + i] ?? 0;
      if ((mark & own) === 0) continue;
      const { conversions, value, convertedAt: at, channels: path } = journey;
      const claimedBy = rules.flatMap((rule, bit) => (mark & (1 << bit) ? [rule.channel] : []));
      add(claimed, journey);
      if (claimedBy.length > 1) add(shared, journey);
      for (const sum of sums) if (claimedBy.includes(sum.channel)) add(sum, journey);
      found.push({ journey: first + i, at, conversions, value, path, claimedBy });
    }
  });
  found.sort((a, b) => b.claimedBy.length - a.claimedBy.length || b.at - a.at);
  return {
    channel,
    looked,
    journeys,
    claimed,
    shared,
    others: sums
      .filter((sum) => sum.channel !== channel && sum.conversions > 0)
      .sort((a, b) => b.conversions - a.conversions),
    orders: found.slice(0, SHOWN),
    more: found.length > SHOWN,
  };
};
