/**
 * API keys, and sessions that stand for them in a browser. The secret of a site may hold the key itself or `sha256:` and the
 * hex digest of it; only digests stay in memory, and they are compared in
 * constant time.
 */
import type { Config, Scope, Site } from '../config.ts';
import type { Env } from '../env.ts';
import { fromHex, sha256 } from '../hex.ts';
import { Problem } from '../problem.ts';
import { makeToken, readToken, type TokenKind } from './session_token.ts';

const HOW = 'Send "Authorization: Bearer KEY" with the API key of the site.';

export class ApiKeys {
  readonly #config: Config;
  readonly #env: Env;
  /** Digest by name of the secret, made on first use. */
  #digests: Promise<Map<string, Uint8Array>> | undefined;

  constructor(config: Config, env: Env) {
    this.#config = config;
    this.#env = env;
  }

  /**
   * The sites that the request's key, or its session, opens for something; at least one.
   *
   * @throws Problem key_missing, key_wrong, key_scope
   */
  async sites(request: Request, scope: Scope): Promise<ReadonlySet<string>> {
    const secrets = await this.secretsOf(request);
    const opened = new Set<string>();
    const known = new Set<string>();
    for (const [name, { keys }] of this.#config.sites) {
      for (const { secret, scopes } of keys) {
        if (!secrets.has(secret)) continue;
        known.add(name);
        if (scopes.has(scope)) opened.add(name);
      }
    }
    if (opened.size > 0) return opened;
    if (known.size > 0) {
      throw new Problem(
        'key_scope',
        `This key does not have the scope ${scope}; add it to the key in the configuration, or use another key.`,
      );
    }
    throw new Problem('key_wrong', `This key opens no site. ${HOW}`);
  }

  /** Names of the secrets that hold the request's key. @throws Problem key_missing */
  async secretsOf(request: Request): Promise<ReadonlySet<string>> {
    const header = request.headers.get('authorization');
    const key = /^Bearer +([^\s]{1,1024})$/i.exec(header ?? '')?.[1];
    if (key !== undefined) return this.secretsOfKey(key);
    const token = header === null ? sessionOf(request) : undefined;
    const secret = token && (await this.read('session', token));
    if (secret === undefined) {
      throw new Problem('key_missing', HOW, { 'www-authenticate': 'Bearer realm="headwater"' });
    }
    return this.secretsAs(secret);
  }

  /** Names of the secrets that hold a key; none for a wrong one. */
  async secretsOfKey(key: string): Promise<ReadonlySet<string>> {
    return this.#secretsWith(await sha256(key));
  }

  /** Names of the secrets that hold the same key as one of them. */
  async secretsAs(secret: string): Promise<ReadonlySet<string>> {
    return this.#secretsWith((await this.#allDigests()).get(secret)!);
  }

  async #secretsWith(given: Uint8Array): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (const [secret, digest] of await this.#allDigests()) {
      if (equalInConstantTime(digest, given)) found.add(secret);
    }
    return found;
  }

  /** @param expires Unix ms */
  async sign(kind: TokenKind, secret: string, expires: number): Promise<string> {
    return makeToken(kind, secret, (await this.#allDigests()).get(secret)!, expires);
  }

  /** The name of the secret that a token stands for. */
  async read(kind: TokenKind, token: string): Promise<string | undefined> {
    const digests = await this.#allDigests();
    return readToken(kind, token, (secret) => digests.get(secret), Date.now());
  }

  #allDigests(): Promise<Map<string, Uint8Array>> {
    this.#digests ??= this.#readDigests();
    return this.#digests;
  }

  /** @throws Problem key_missing, key_wrong, key_scope */
  async check(request: Request, site: Site, scope: Scope): Promise<void> {
    assertOpens(await this.sites(request, scope), site);
  }

  async #readDigests(): Promise<Map<string, Uint8Array>> {
    const digests = new Map<string, Uint8Array>();
    const names = [...this.#config.sites.values()].flatMap(({ keys }) => keys.map((k) => k.secret));
    for (const name of new Set(names)) {
      const secret = this.#env[name];
      if (typeof secret !== 'string' || secret === '') {
        console.warn(`secret ${name} is not set: no request can use that key`);
      } else {
        const hex = /^sha256:([0-9a-f]{64})$/i.exec(secret)?.[1];
        digests.set(name, hex === undefined ? await sha256(secret) : fromHex(hex));
      }
    }
    return digests;
  }
}

/** @throws Problem key_wrong */
export function assertOpens(opened: ReadonlySet<string>, site: Site): void {
  if (!opened.has(site.key)) {
    throw new Problem('key_wrong', `This key does not open the site "${site.key}". ${HOW}`);
  }
}

/** Name of the session cookie. */
export const SESSION_COOKIE = 'hw_session';

/**
 * The session of a request that its own site makes: another site's page cannot have the cookie sent
 * (SameSite), and what changes something must say that it comes from here.
 */
function sessionOf(request: Request): string | undefined {
  const from = request.headers.get('sec-fetch-site');
  if (request.method !== 'GET' && from !== 'same-origin') return undefined;
  if (from !== null && from !== 'same-origin' && from !== 'none') return undefined;
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const [name, value] = part.trim().split('=', 2);
    if (name === SESSION_COOKIE) return value;
  }
  return undefined;
}

function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ (b[i] ?? 0);
  return difference === 0;
}
