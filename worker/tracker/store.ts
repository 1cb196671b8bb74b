/** Small texts that outlive the page, by key; in memory where the browser gives no storage. */
import { cookieless, site } from './page.ts';

const PREFIX = `_hw.${site}.`;
const memory: Record<string, string> = {};

const keep = (): Storage | Record<string, string> => {
  try {
    return cookieless ? memory : localStorage;
  } catch {
    return memory;
  }
};

/** @param here only in memory: nothing may be stored on the device */
export const put = (key: string, text: string, here?: boolean): void => {
  try {
    (here ? memory : keep())[PREFIX + key] = text;
  } catch {
    memory[PREFIX + key] = text; // the storage is full
  }
};

export const get = (key: string): string | undefined =>
  memory[PREFIX + key] ?? (keep() as Record<string, string>)[PREFIX + key];

export const drop = (key: string): void => {
  delete memory[PREFIX + key];
  delete (keep() as Record<string, string>)[PREFIX + key];
};

/** Keys that begin with `start`, in order. */
export const keys = (start: string): string[] =>
  [...new Set([...Object.keys(memory), ...Object.keys(keep())])]
    .filter((key) => key.startsWith(PREFIX + start))
    .map((key) => key.slice(PREFIX.length))
    .sort();
