/** Figures and durations as text. Money and counts come as integer micros. */

const micro = 1_000_000;
const count = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const decimal = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const percent = new Intl.NumberFormat('en', {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

export const formatCount = (n: number): string => count.format(n);
export const formatMicros = (micros: number): string => decimal.format(micros / micro);
/** A whole number without decimals, others with two. */
export const formatMicrosShort = (micros: number): string =>
  micros % micro === 0 ? count.format(micros / micro) : decimal.format(micros / micro);
export const formatShare = (share: number): string => percent.format(share);

/** Exact, for machines: `12.345678`. */
export const exactMicros = (micros: number): string => (micros / micro).toFixed(6);

const minute = 60_000;
const hour = 60 * minute;
export const day = 24 * hour;

/** Two units at most: `3 d 4 h`, `45 min`; `0 min` below one minute. */
export const formatDuration = (ms: number): string => {
  const minutes = Math.round(ms / minute);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.round(ms / hour);
  if (hours < 24) return `${hours} h`;
  const days = Math.floor(hours / 24);
  const rest = hours % 24;
  return rest > 0 && days < 7 ? `${days} d ${rest} h` : `${days} d`;
};

export const formatBytes = (bytes: number): string =>
  bytes < 1 << 20 ? `${count.format(bytes / 1024)} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`;
