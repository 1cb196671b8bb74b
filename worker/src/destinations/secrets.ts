/** Secrets of destinations: from the environment only, and struck out of every text that is kept. */

/** A secret that the configuration names is not set, or cannot be used. */
export class SecretError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SecretError';
  }
}

const SHORTEST = 6;

export class Secrets {
  readonly #env: Record<string, unknown>;
  /** Values seen, longest first, to be struck out. */
  #values: string[] = [];

  constructor(env: Record<string, unknown>) {
    this.#env = env;
  }

  /** @throws SecretError when it is not set */
  get(name: string): string {
    const value = this.#env[name];
    if (typeof value !== 'string' || value === '') {
      throw new SecretError(`the secret ${name} is not set`);
    }
    this.hide(value);
    return value;
  }

  /** @throws SecretError when it is not set or is no JSON object */
  json(name: string): Record<string, unknown> {
    let parsed: unknown;
    try {
      parsed = JSON.parse(this.get(name));
    } catch (error) {
      if (error instanceof SecretError) throw error;
    }
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      throw new SecretError(`the secret ${name} is not a JSON object`);
    }
    for (const part of Object.values(parsed)) if (typeof part === 'string') this.hide(part);
    return parsed as Record<string, unknown>;
  }

  /** A value that must not be read anywhere, such as a token made of a secret. */
  hide(value: string): void {
    if (value.length < SHORTEST || this.#values.includes(value)) return;
    this.#values.push(value);
    this.#values.sort((a, b) => b.length - a.length);
  }

  /** The text without any secret seen so far. */
  redact(text: string): string {
    let clean = text;
    for (const value of this.#values) {
      clean = clean.replaceAll(value, '(secret)').replaceAll(encodeURIComponent(value), '(secret)');
    }
    return clean;
  }
}
