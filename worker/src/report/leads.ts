/** Which of a site's conversions are leads; all others are orders. */
import type { Site } from '../config.ts';

const LEAD_WORDS = ['lead', 'sign_up', 'signup'];

/** Names of the conversions that are leads, by their event or their name. */
export const leadsOf = ({ conversions }: Site): string[] =>
  conversions
    .filter(({ name, event }) => LEAD_WORDS.includes(event ?? '') || LEAD_WORDS.includes(name))
    .map(({ name }) => name);

/** The same of any conversion that journeys name, also of one that the configuration had once. */
export function leadTest(site: Site): (action: string) => boolean {
  const leads = new Set([...LEAD_WORDS, ...leadsOf(site)]);
  return (action) => leads.has(action);
}
