/**
 * Writers that send facts in small calls, repeat some and give some up, while the runtime is killed
 * again and again at random moments. At the end, what was acknowledged must be there, once, and the
 * ledger must be what the naive model makes of it.
 */
import assert from 'node:assert/strict';
import { inOrder, storedLedger, toEvent } from './facts.ts';
import {
  assertFitted,
  assertVerified,
  type Json,
  type Server,
  siteConfig,
  startServer,
} from './helpers.ts';
import { type Fact, ledgerOf } from './naive_model.ts';

export interface StormOptions {
  kills: number;
  writers: number;
  /** Of all choices; the runtime's own timing is not in our hands. */
  seed: number;
  shards: number;
}

export interface StormFigures {
  kills: number;
  facts: number;
  acknowledged: number;
  givenUp: number;
  failedTries: number;
  repeats: number;
  storedWithoutAnswer: number;
  orders: number;
  refunds: number;
  events: number;
}

const SITE = 'shop';
const MINUTE = 60_000;
const start = Date.now() - 20 * 24 * 60 * MINUTE;
/** One in this many calls is not sent again after a failure, one is sent once more after it. */
const GIVES_UP = 8;
const REPEATS = 6;
/** The runtime lives this long at most before the next kill, ms. */
const LIFE_MS = 500;
const VISITORS = 300;
const USERS = 120;

/** Known by e-mail, by phone or by both. */
function userOf(visitor: string): string {
  const user = 1000 + (Number(visitor.slice(1)) % USERS);
  return [`u${user}`, `w${user}`, `u${user}+w${user}`][Number(visitor.slice(1)) % 3]!;
}

/** mulberry32. */
function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Facts of a life of a shop: visits, orders that arrive in up to three ways, refunds before and after. */
class Shop {
  readonly #pick: (below: number) => number;
  #made = 0;
  #orders = 0;
  /** Facts that are still to come up, in random order. */
  readonly #later: Fact[] = [];

  constructor(pick: (below: number) => number) {
    this.#pick = pick;
  }

  next(): Fact {
    if (this.#later.length > 40 || (this.#later.length > 0 && this.#pick(2) === 0)) {
      return this.#later.splice(this.#pick(this.#later.length), 1)[0]!;
    }
    const id = `f${this.#made++}`;
    const person = `v${this.#pick(VISITORS)}`;
    const at = start + this.#made;
    if (this.#pick(3) > 0) {
      // Now and then somebody says who it is; each user has a few browsers.
      const user = this.#pick(3) === 0 ? userOf(person) : '';
      return { id, kind: 'visit', person, user, at, source: `s${this.#pick(9)}` };
    }
    this.#order(id, person);
    return this.#later.pop()!;
  }

  /** A pixel, a call of a server that knows another user or nothing, a file; and perhaps refunds. */
  #order(id: string, person: string): void {
    const order = `o${this.#orders++}`;
    const value = this.#pick(200_000_000);
    const at = start + 10 * 24 * 60 * MINUTE + this.#orders;
    const add = (suffix: string, who: string) =>
      this.#later.push({ id: `${id}${suffix}`, kind: 'order', order, person: who, at, value });
    if (this.#pick(3) === 0) add('b', '');
    if (this.#pick(3) === 0) add('c', `u${this.#pick(50)}`);
    for (let n = this.#pick(4) - 1; n > 0; n--) {
      const part = this.#pick(3) > 0 ? { value: this.#pick(150_000_000) } : {};
      const when = at + MINUTE + this.#pick(MINUTE);
      this.#later.push({ id: `${id}r${n}`, kind: 'refund', order, at: when, ...part });
    }
    add('a', person);
  }
}

const config = (shards: number, models: string[]) => ({
  [SITE]: siteConfig({ shards, models, conversions: [{ name: 'purchase', event: 'purchase' }] }),
});

/** @throws AssertionError when anything acknowledged is lost, anything counts twice, or sums differ */
export async function storm({ kills, writers, seed, shards }: StormOptions): Promise<StormFigures> {
  // A change of models has every shard fold its log again at the start: that is killed as well.
  const configs = [
    config(shards, ['linear', 'shapley']),
    config(shards, ['first', 'linear', 'shapley']),
  ];
  await using server = await startServer(configs[0]);
  const pick = random(seed);
  const shop = new Shop(random(seed + 1));
  const told: Fact[] = [];
  const acknowledged = new Set<string>();
  const figures = { failedTries: 0, repeats: 0, givenUp: 0 };
  let over = false;
  let up: Promise<void> = Promise.resolve();

  const writer = async () => {
    while (!over) {
      const call = Array.from({ length: 1 + pick(4) }, () => shop.next());
      told.push(...call);
      let again = pick(REPEATS) === 0 ? 1 : 0;
      for (;;) {
        await up;
        if (await sent(server, call)) {
          for (const { id } of call) acknowledged.add(id);
          if (again-- <= 0) break;
          figures.repeats++;
        } else {
          figures.failedTries++;
          if (pick(GIVES_UP) === 0) {
            figures.givenUp++;
            break;
          }
        }
      }
    }
  };
  const killer = async () => {
    for (let kill = 1; kill <= kills; kill++) {
      await new Promise((resolve) => setTimeout(resolve, pick(LIFE_MS)));
      let ready = () => {};
      up = new Promise((resolve) => {
        ready = resolve;
      });
      await server.kill();
      await server.restart(configs[Math.floor(kill / 7) % 2]);
      ready();
    }
    over = true;
  };
  await Promise.all([killer(), ...Array.from({ length: writers }, writer)]);

  await settled(server);
  // Before anything is sent again: visits are seen by their campaigns.
  const visits = new Set(told.filter(({ kind }) => kind === 'visit').map(({ id }) => id));
  const stored = await storedCampaigns(server);
  assert.equal(new Set(stored).size, stored.length, 'no visit is stored twice');
  for (const id of visits) {
    if (acknowledged.has(id)) assert.ok(stored.includes(id), `${id} was acknowledged and is lost`);
  }
  for (const id of stored) assert.ok(visits.has(id), `${id} was never sent`);
  await assertVerified(server, SITE);
  await assertFitted(server, SITE);

  // Everything once more: what was acknowledged is known, the rest comes in now, or had come in.
  const known = told.filter(({ id }) => acknowledged.has(id));
  const open = told.filter(({ id }) => !acknowledged.has(id));
  for (const part of chunks(known)) {
    const answer = await sent(server, part);
    assert.deepEqual(answer, { accepted: 0, duplicates: part.length, refused: [] });
  }
  let storedWithoutAnswer = 0;
  for (const part of chunks(open)) {
    const answer = await sent(server, part);
    assert.ok(answer);
    storedWithoutAnswer += answer.duplicates;
  }

  const expected = inOrder(ledgerOf(told));
  for (const basis of ['conversion', 'touch']) {
    assert.deepEqual(inOrder(await storedLedger(server, SITE, basis)), expected, basis);
  }
  const { events } = await assertVerified(server, SITE);
  const ids = (kind: string) =>
    new Set(told.flatMap((fact) => (fact.kind === kind && 'order' in fact ? [fact.order] : [])));
  await assertOrders(server, [...ids('order')]);
  return {
    kills,
    facts: told.length,
    acknowledged: acknowledged.size,
    ...figures,
    storedWithoutAnswer,
    orders: ids('order').size,
    refunds: told.filter(({ kind }) => kind === 'refund').length,
    events,
  };
}

/** Journeys that were moving to their person when the last kill came have arrived: the alarms see to it. */
async function settled(server: Server): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const { json, text } = await server.api(`/v1/outcomes?site=${SITE}`);
    if (json.identities.moving === 0) return;
    assert.ok(Date.now() < deadline, text);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Each order counts once, and under every model its credits sum to its value to the micro. */
async function assertOrders(server: Server, orders: readonly string[]): Promise<void> {
  for (const part of chunks(orders, 16)) {
    await Promise.all(
      part.map(async (order) => {
        const { json, text } = await server.api(`/v1/conversions/${order}?site=${SITE}`);
        assert.equal(json.conversions.length, 1, text);
        const [{ value, refunded, net, credit, refunds }] = json.conversions;
        const micros = (amount: number) => Math.round(amount * 1e6);
        for (const { sum } of Object.values<Json>(credit)) {
          assert.deepEqual([sum.conversions, sum.value], [1, value], text);
        }
        const taken = refunds.reduce((all: number, each: Json) => all + micros(each.taken), 0);
        assert.equal(taken, micros(refunded), text);
        assert.equal(micros(value) - taken, micros(net), text);
      }),
    );
  }
}

function chunks<T>(list: readonly T[], size = 500): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) =>
    list.slice(i * size, (i + 1) * size),
  );
}

/** The answer, or undefined when there was none to trust. */
async function sent(server: Server, facts: readonly Fact[]): Promise<Json | undefined> {
  try {
    const body = { site: SITE, events: facts.map(toEvent) };
    const { status, json, text } = await server.api('/v1/events', { body });
    if (status === 202) {
      assert.deepEqual(json.refused, [], text);
      return json;
    }
    assert.ok([429, 503].includes(status), text);
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    // The connection broke: whether the events were stored is unknown.
  }
  return undefined;
}

async function storedCampaigns(server: Server): Promise<string[]> {
  const { text } = await server.api(`/v1/journeys?site=${SITE}&format=csv`);
  const [header, ...rows] = text.trimEnd().split('\n');
  const column = header!.split(',').indexOf('campaign');
  return rows.map((row) => row.split(',')[column]!).filter((campaign) => campaign !== '');
}
