/**
 * API keys. The secret of a site may hold the key itself or `sha256:` and the
 * hex digest of it; only digests stay in memory, and they are compared in
 * constant time.
 */
import type { Config, Site } from '../config.ts';
import type { Env } from '../env.ts';
import { fromHex, sha256 } from '../hex.ts';
import { Problem } from '../problem.ts';

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
   * The sites that the request's key opens; at least one.
   *
   * @throws Problem key_missing, key_wrong
   */
  async sites(request: Request): Promise<ReadonlySet<string>> {
    const header = request.headers.get('authorization');
    const key = /^Bearer +([^\s]{1,1024})$/i.exec(header ?? '')?.[1];
    if (key === undefined) {
      throw new Problem('key_missing', HOW, { 'www-authenticate': 'Bearer realm="headwater"' });
    }
    const given = await sha256(key);
    this.#digests ??= this.#readDigests();
    const digests = await this.#digests;
    const opened = new Set<string>();
    for (const [name, site] of this.#config.sites) {
      const digest = digests.get(site.apiKeySecret);
      if (digest !== undefined && equalInConstantTime(digest, given)) opened.add(name);
    }
    if (opened.size === 0) throw new Problem('key_wrong', `This key opens no site. ${HOW}`);
    return opened;
  }

  /** @throws Problem key_missing, key_wrong */
  async check(request: Request, site: Site): Promise<void> {
    assertOpens(await this.sites(request), site);
  }

  async #readDigests(): Promise<Map<string, Uint8Array>> {
    const digests = new Map<string, Uint8Array>();
    for (const { apiKeySecret: name } of this.#config.sites.values()) {
      const secret = this.#env[name];
      if (typeof secret !== 'string' || secret === '') {
        console.warn(`secret ${name} is not set: its site accepts no API key`);
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

function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ (b[i] ?? 0);
  return difference === 0;
}
