/**
 * Signing in to a running worker: the key or the link that the address brings is exchanged for a cookie
 * that no script can read. The tab remembers only which site it shows.
 */
import { computed, signal } from '@preact/signals';
import { readSettings, writeSettings } from './settings.ts';

const siteName = 'headwater.site';

/** What the session may do with a site, and where the site's doors stand. */
export interface SiteAccess {
  site: string;
  currency: string;
  scopes: string[];
  /** Paths on the worker's host. */
  paths: { script: string; pixel: string };
  /** Of pages that may send. */
  origins: string[];
}

const accesses = signal<readonly SiteAccess[]>([]);

/** Sites that the session may read; empty without a session. */
export const sites = computed<readonly string[]>(() => accesses.value.map(({ site }) => site));

/** The site that this tab shows. */
const shownSite = signal(sessionStorage.getItem(siteName));

export const storedSite = (): string | null => shownSite.peek();

/** The signed-in site that is shown; null without a session. */
export const siteAccess = computed<SiteAccess | null>(
  () => accesses.value.find(({ site }) => site === shownSite.value) ?? null,
);

export const rememberSite = (site: string): void => {
  sessionStorage.setItem(siteName, site);
  shownSite.value = site;
};

export const forgetAccess = (): void => {
  sessionStorage.removeItem(siteName);
  shownSite.value = null;
  accesses.value = [];
};

interface Invitation {
  exchange: { key: string } | { link: string };
  site: string | null;
}

export const hasInvitation = (): boolean => /[#&](key|link)=/.test(location.hash);

/** Takes a key or a link out of the address at once, so that it stays in no history. */
const takeInvitation = (): Invitation | null => {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const [key, link] = [fragment.get('key'), fragment.get('link')];
  if (!key && !link) return null;
  const rest = writeSettings(readSettings(location.hash));
  history.replaceState(null, '', `${location.pathname}${rest}`);
  return { exchange: key ? { key } : { link: link ?? '' }, site: fragment.get('site') };
};

export type SignedIn =
  | { state: 'in'; site: string }
  | { state: 'out' }
  | { state: 'refused'; message: string };

const signedIn = async (response: Response, wanted: string | null): Promise<SignedIn> => {
  const answer = (await response.json()) as { sites: SiteAccess[] };
  accesses.value = answer.sites;
  const site = sites.value.find((each) => each === wanted) ?? sites.value[0];
  if (site === undefined) return { state: 'out' };
  rememberSite(site);
  return { state: 'in', site };
};

const refused = (message: string): SignedIn => {
  forgetAccess();
  return { state: 'refused', message };
};

const exchange = (url: URL, { exchange }: Invitation): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(exchange),
  });

/** With what the address brings, or with the session of this tab; without either nothing is asked of the network. */
export const signIn = async (): Promise<SignedIn> => {
  const invitation = takeInvitation();
  const stored = storedSite();
  if (!invitation && stored === null) return { state: 'out' };
  const url = new URL('/v1/session', location.href);
  try {
    const response = await (invitation ? exchange(url, invitation) : fetch(url));
    if (response.ok) return await signedIn(response, invitation?.site ?? stored);
    if (response.status !== 401 && response.status !== 403)
      return refused(`The worker answered ${response.status} when this page signed in.`);
    return refused(
      invitation
        ? 'The worker refused the key. Open the link that `npm start` prints.'
        : 'The session is over. Open the link that `npm start` prints.',
    );
  } catch {
    return refused('The worker did not answer. Is it running?');
  }
};

export const signOut = async (): Promise<void> => {
  forgetAccess();
  await fetch(new URL('/v1/session', location.href), { method: 'DELETE' }).catch(() => {});
};
