/**
 * Decimal money to integer micros and back, on the decimal digits themselves,
 * so that no binary fraction ever touches an amount.
 */

/** Largest amount of one event: 10^9 units of the currency. */
const MAX_MICROS = 1_000_000_000_000_000n;

const DECIMAL = /^(\d{1,16})(?:\.(\d{1,24}))?$/;
const SCIENTIFIC = /^(\d)(?:\.(\d+))?e([+-]\d{1,3})$/;

/**
 * Integer micros of a decimal amount, 0 to 10^15. Digits beyond the sixth
 * decimal are rounded half up.
 *
 * @param input a JSON number, or a string such as "19.90"
 * @throws RangeError whose message says what was expected and what came
 */
export function parseMicros(input: number | string): number {
  const shown = typeof input === 'string' ? JSON.stringify(input.slice(0, 40)) : String(input);
  const text = String(input);
  let match = DECIMAL.exec(text);
  let exponent = 0;
  if (match === null && typeof input === 'number') {
    // Very small and very large numbers print with an exponent.
    match = SCIENTIFIC.exec(text);
    exponent = match === null ? 0 : Number(match[3]);
  }
  if (match === null) {
    throw new RangeError(
      `expected a decimal amount of 0 or more, such as 19.9 or "19.90", got ${shown}`,
    );
  }
  const fraction = match[2] ?? '';
  const micros = scale(match[1] + fraction, exponent - fraction.length + 6);
  if (micros > MAX_MICROS) {
    throw new RangeError(`expected an amount of at most 1000000000, got ${shown}`);
  }
  return Number(micros);
}

/** What one unit of a currency is worth in another, in parts of 10^12. */
export type Rate = bigint;

/**
 * @param input a JSON number or a decimal string above 0, such as 1.0837 or "0.0067"
 * @throws RangeError whose message says what was expected and what came
 */
export function parseRate(input: number | string): Rate {
  const match = DECIMAL.exec(String(input));
  const fraction = match?.[2] ?? '';
  const rate = match === null ? 0n : scale(match[1] + fraction, 12 - fraction.length);
  if (rate <= 0n || rate > 10n ** 18n) {
    throw new RangeError(
      `expected a rate above 0 and at most 1000000, such as 1.0837, got ${JSON.stringify(input)}`,
    );
  }
  return rate;
}

/** The amount in the other currency, micros, rounded half up; undefined when it is beyond all amounts. */
export function convert(micros: number, rate: Rate): number | undefined {
  const converted = (BigInt(micros) * rate * 2n + 10n ** 12n) / (2n * 10n ** 12n);
  return converted > MAX_MICROS ? undefined : Number(converted);
}

/** digits x 10^power, rounded half up to an integer. */
function scale(digits: string, power: number): bigint {
  if (power >= 0) return power > 40 ? MAX_MICROS + 1n : BigInt(digits + '0'.repeat(power));
  const cut = digits.length + power;
  if (cut < 0) return 0n;
  const whole = BigInt(digits.slice(0, cut) || '0');
  return digits.charCodeAt(cut) >= 0x35 ? whole + 1n : whole;
}

/** Micros as a plain decimal without trailing zeros, e.g. 100010000 to "100.01". */
export function formatMicros(micros: bigint | number): string {
  const value = BigInt(micros);
  const absolute = value < 0n ? -value : value;
  const whole = absolute / 1_000_000n;
  const fraction = (absolute % 1_000_000n).toString().padStart(6, '0').replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Micros as the JSON number that prints the same decimal (15 digits at least). */
export function microsToNumber(micros: bigint | number): number {
  return Number(formatMicros(micros));
}
