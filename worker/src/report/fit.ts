/**
 * Models that need all journeys at once: fitted by the core's batch engine when a report asks, from the
 * path counts of the shards. Exact, and bounded: a question with more different paths than an isolate
 * should hold is told how to ask for less.
 */

import { HwError } from '../../../wasm/binding/errors.ts';
import type { Site } from '../config.ts';
import type { Context } from '../context.ts';
import type { FittedModel } from '../models.ts';
import { Problem } from '../problem.ts';
import { formatMicros } from '../schema/money.ts';
import { callEach, callShard } from '../shard/client.ts';
import type { PathAnswer, PathAsk } from '../shard/path_reads.ts';
import { type Credit, noCredit } from './metrics.ts';
import { invalid } from './query.ts';

/** Touches of all different paths: about 50 MB while they are read. */
const MOST_TOUCHES = 500_000;

export const FIT_DIMENSIONS = ['channel', 'source', 'medium', 'campaign'] as const;

export interface FitQuery {
  /** Days of the conversions that count, and of the last touch of who did not convert; inclusive. */
  from: number;
  to: number;
  basis: string;
  dimension: string;
  actions?: string[];
}

/** @throws Problem invalid_query, model_unavailable, unavailable */
export async function fitted(
  context: Context,
  site: Site,
  models: readonly FittedModel[],
  query: FitQuery,
): Promise<Credit[][]> {
  if (models.length === 0) return [];
  const dimension = FIT_DIMENSIONS.find((each) => each === query.dimension);
  if (dimension === undefined) {
    throw invalid(
      'dimension',
      `for ${models[0]} one of ${FIT_DIMENSIONS.join(', ')}`,
      query.dimension,
    );
  }
  if (query.basis !== 'conversion') {
    throw invalid(
      'basis',
      `conversion for ${models[0]}, which credits conversions as a whole`,
      query.basis,
    );
  }
  const { from, to, actions } = query;
  const paths = await pathsOf(
    context,
    site,
    { from, to, dimension, ...(actions && { actions }) },
    models[0]!,
  );
  const data = context.engine.core.dataset();
  try {
    const encoder = new TextEncoder();
    data.append(encoder.encode(COLUMNS));
    for (const rows of paths.rows()) data.append(encoder.encode(rows));
    const { conversions } = data.finish();
    if (conversions === 0) return models.map(() => []);
    return models.map((model) => creditOf(data, model, paths.names));
  } catch (error) {
    if (!(error instanceof HwError)) throw error;
    throw new Problem('model_unavailable', `model: ${error.message}`);
  } finally {
    data.dispose();
  }
}

/** Calls of one shard, of which each counts the paths of some thousand persons. */
const MOST_CALLS = 40;

type Dataset = ReturnType<Context['engine']['core']['dataset']>;

function creditOf(data: Dataset, model: FittedModel, names: readonly string[]): Credit[] {
  const [credit] = data.attribute([model]);
  const { channels } = data.summary();
  // shapley_ordered has three amounts a channel: as opener, middle and closer.
  const parts = credit!.conversions.length / channels.length;
  const rows = channels.map((name, i): Credit => {
    const key = names[Number(name)]!;
    const sum = (amounts: number[]): bigint =>
      amounts.slice(i * parts, (i + 1) * parts).reduce((all, n) => all + BigInt(n), 0n);
    const value = sum(credit!.value);
    return { ...noCredit(key), conversions: sum(credit!.conversions), gross: value, value };
  });
  return rows
    .filter(({ conversions, value }) => conversions || value)
    .sort((a, b) => Number(b.value - a.value) || (a.key < b.key ? -1 : 1));
}

const COLUMNS = 'path,total_conversions,total_conversion_value,total_null\n';

/** Rows of one text that is given to the core. */
const ROWS = 5000;

/** The paths of all shards; a name stands as its number, since it may hold the separator of paths. */
class Paths {
  readonly names: string[] = [];
  readonly #numbers = new Map<string, string>();
  readonly #sums = new Map<string, { conversions: number; value: bigint; nulls: number }>();
  #touches = 0;

  /** @returns the touches of all different paths so far */
  add({ names, paths }: PathAnswer): number {
    const numbers = names.map((name) => this.#numberOf(name));
    for (const line of paths === '' ? [] : paths.split('\n')) {
      const [path, conversions, value, nulls] = line.split(',') as [string, string, string, string];
      const steps = path.split(' ').map((place) => numbers[Number(place)]!);
      const key = steps.join('>');
      const sum = this.#sums.get(key) ?? { conversions: 0, value: 0n, nulls: 0 };
      if (!this.#sums.has(key)) this.#touches += steps.length;
      this.#sums.set(key, sum);
      sum.conversions += Number(conversions);
      sum.value += BigInt(value);
      sum.nulls += Number(nulls);
    }
    return this.#touches;
  }

  /** Rows of COLUMNS, many in a text. */
  *rows(): Generator<string> {
    let rows: string[] = [];
    for (const [path, { conversions, value, nulls }] of this.#sums) {
      rows.push(`${path},${conversions},${formatMicros(value)},${nulls}\n`);
      if (rows.length < ROWS) continue;
      yield rows.join('');
      rows = [];
    }
    yield rows.join('');
  }

  #numberOf(name: string): string {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = String(this.names.length);
      this.#numbers.set(name, number);
      this.names.push(name);
    }
    return number;
  }
}

async function pathsOf(
  context: Context,
  site: Site,
  ask: PathAsk,
  model: FittedModel,
): Promise<Paths> {
  const paths = new Paths();
  const answers = await callEach([...new Array(site.shards).keys()], async (shard) => {
    // A shard that has much to count does so in parts, between which it serves others.
    for (let calls = 0; calls < MOST_CALLS; calls++) {
      const answer = await callShard(context, site, shard, (stub) =>
        stub.paths(site.key, ask, MOST_TOUCHES),
      );
      if (answer !== 'again') return answer;
    }
    throw new Problem(
      'model_unavailable',
      `model: the paths of this site are still being counted for ${model}; ask again in a minute`,
    );
  });
  // In the order of the shards, so that the same question has the same answer.
  for (const answer of answers) {
    if (answer === 'too_many' || paths.add(answer) > MOST_TOUCHES) throw tooMany(model, ask);
  }
  return paths;
}

const tooMany = (model: string, { dimension }: PathAsk): Problem =>
  new Problem(
    'model_unavailable',
    `model: ${model} is fitted to all paths at once, and these have more than ${MOST_TOUCHES} touches by ${dimension}; ask for a shorter period${dimension === 'channel' ? '' : ' or by channel'}, or download /v1/journeys?format=csv and give it to hw attribute`,
  );
