/** Moments and waits of a running worker as text. */

export const momentText = (iso: string): string =>
  new Date(iso).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });

/** Milliseconds as a person reads them: `340 ms`, `2.5 s`, `12 min`, `3.1 h`. */
export const lagText = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 3_600_000 ? `${Math.round(ms / 60_000)} min` : `${(ms / 3_600_000).toFixed(1)} h`;
};

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
