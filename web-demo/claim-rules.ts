/**
 * What each ad platform counts as its own sale, as dated data: its default window for clicks and for
 * views. A platform sees only its own touches, so it counts the whole sale whoever else was there.
 * Where a platform's default could not be confirmed, the common one stands, marked so.
 */

import { day } from './format.ts';
import type { ClaimRule } from './messages.ts';

export interface PlatformRule {
  /** How the rule is named on the page. */
  name: string;
  /** Channels that such a platform pays for, lower case. */
  channels: string[];
  clickDays: number;
  /** 0: views do not count. */
  viewDays: number;
  /** When the default was read, and whether it was confirmed. */
  asOf: string;
  confirmed: boolean;
}

export const platformRules: PlatformRule[] = [
  {
    name: 'Google Ads',
    channels: ['paid search', 'paid shopping', 'paid video', 'cross-network'],
    clickDays: 30,
    viewDays: 1,
    asOf: 'November 2026',
    confirmed: true,
  },
  {
    name: 'Meta',
    channels: ['paid social'],
    clickDays: 7,
    viewDays: 1,
    asOf: 'November 2026',
    confirmed: true,
  },
  {
    name: 'Display network',
    channels: ['display', 'paid other', 'audio'],
    clickDays: 30,
    viewDays: 1,
    asOf: 'November 2026',
    confirmed: false,
  },
  {
    name: 'Affiliate network',
    channels: ['affiliates'],
    clickDays: 30,
    viewDays: 0,
    asOf: 'November 2026',
    confirmed: false,
  },
  {
    name: 'E-mail tool',
    channels: ['email', 'newsletter', 'sms', 'mobile push notifications'],
    clickDays: 5,
    viewDays: 0,
    asOf: 'November 2026',
    confirmed: false,
  },
];

/** Channels that nobody bills for have no platform that could claim. */
const silent = new Set([
  ...['direct', '(organic)', 'organic search', 'organic social', 'organic video', 'referral'],
  ...['organic shopping', 'unassigned', 'ai assistant'],
]);

const common: Omit<PlatformRule, 'channels'> = {
  name: 'its own tool',
  clickDays: 30,
  viewDays: 1,
  asOf: 'November 2026',
  confirmed: false,
};

export const ruleOf = (channel: string): Omit<PlatformRule, 'channels'> =>
  platformRules.find(({ channels }) => channels.includes(channel.toLowerCase())) ?? common;

/** One rule for each channel that a platform would claim for. */
export const rulesFor = (channels: string[]): ClaimRule[] =>
  channels
    .filter((channel) => !silent.has(channel.toLowerCase()))
    .map((channel) => {
      const { clickDays, viewDays } = ruleOf(channel);
      return { channel, clickMs: clickDays * day, viewMs: viewDays * day };
    });
