/** Finds a person by what its owner knows of it: a visitor id, an e-mail address, a phone number, an id. */
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import { toHex } from '../hex.ts';
import type { UserField } from '../schema/event.ts';
import { callEach, callShard } from '../shard/client.ts';
import { callAllIdentities, noteClaims } from './client.ts';
import { hashUser } from './hashing.ts';
import { shardOf } from './keys.ts';

export interface Found {
  /** What was asked for, as a key of 32 hex digits. */
  asked: string;
  person: string;
  /** Everybody who has turned out to be that person, perhaps with `asked`. */
  aliases: string[];
}

const FIELDS: readonly UserField[] = ['external_id', 'email', 'phone'];

/**
 * @param key `visitor:ID`, `email:…`, `phone:…` or `external_id:…`, raw or as a SHA-256 digest;
 *   without one of these in front, an address with `@` is an e-mail address and all else a visitor id
 * @returns undefined for a key that can be nobody's
 */
export async function findPerson(
  context: Context,
  site: Site,
  key: string,
): Promise<Found | undefined> {
  const parts = await partsOf(site.key, key);
  if (parts === undefined) return undefined;
  const asked = toHex(context.engine.core.keys([parts])[0]!);
  const person =
    parts[2] === 'visitor'
      ? await personOfVisitor(context, site, asked)
      : (await noteClaims(context, site, [{ user: asked }]))[0]!.person;
  return { asked, person, aliases: await aliasesOf(context, site, person) };
}

async function partsOf(site: string, key: string): Promise<string[] | undefined> {
  const [, kind, rest] = /^(visitor|email|phone|external_id):(.*)$/s.exec(key) ?? [];
  const name = kind ?? (key.includes('@') ? 'email' : 'visitor');
  const value = rest ?? key;
  if (value === '') return undefined;
  const field = FIELDS.find((each) => each === name);
  if (field === undefined) return ['person', site, 'visitor', value];
  const digest = (await hashUser({ [field]: value }))[field];
  return digest === undefined ? undefined : ['person', site, field, digest];
}

async function personOfVisitor(context: Context, site: Site, visitor: string): Promise<string> {
  const tried = new Set<string>();
  let person = visitor;
  while (!tried.has(person)) {
    tried.add(person);
    const asked = person;
    const { current } = await callShard(context, site, shardOf(asked, site.shards), (stub) =>
      stub.alias(site.key, asked),
    );
    if (current === undefined) return person;
    person = current;
  }
  return person;
}

/** Of the person and of everybody who turned out to be it, since persons that merge bring their own. */
async function aliasesOf(context: Context, site: Site, person: string): Promise<string[]> {
  const found = new Set<string>([person]);
  for (let asked = [person]; asked.length > 0; ) {
    const persons = asked;
    const ofIndexes = await callAllIdentities(context, site, (stub) =>
      stub.aliasesOf(site.key, persons),
    );
    const ofShards = await callEach(persons, (each) =>
      callShard(context, site, shardOf(each, site.shards), (stub) => stub.alias(site.key, each)),
    );
    const aliases = [...ofIndexes.flat(), ...ofShards.flatMap(({ absorbed }) => absorbed)];
    asked = [...new Set(aliases)].filter((alias) => !found.has(alias));
    for (const alias of asked) found.add(alias);
  }
  found.delete(person);
  return [...found];
}
