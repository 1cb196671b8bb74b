/** The key to a running worker: comes with the link, lives in this tab alone. */
import { readSettings, writeSettings } from './settings.ts';

const keyName = 'headwater.key';
const siteName = 'headwater.site';

export interface Access {
  site: string;
  key: string;
}

export const storedAccess = (): Access | null => {
  const key = sessionStorage.getItem(keyName);
  const site = sessionStorage.getItem(siteName);
  return key && site ? { key, site } : null;
};

export const forgetAccess = (): void => {
  sessionStorage.removeItem(keyName);
  sessionStorage.removeItem(siteName);
};

/**
 * Takes a key (`#key=…&site=…`) out of the link at once, so that it stays in no history.
 * @returns whether there was one
 */
export const takeAccess = (): boolean => {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const key = fragment.get('key');
  if (!key) return false;
  sessionStorage.setItem(keyName, key);
  sessionStorage.setItem(siteName, fragment.get('site') ?? '');
  history.replaceState(
    null,
    '',
    `${location.pathname}${writeSettings(readSettings(location.hash))}`,
  );
  return true;
};
