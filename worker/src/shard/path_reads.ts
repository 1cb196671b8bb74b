/** The path counts as a question wants them: of a period, of some conversions, by one dimension. */
import { ANY } from './path_counts.ts';

export interface PathAsk {
  /** Days, inclusive. */
  from: number;
  to: number;
  dimension: 'channel' | 'source' | 'medium' | 'campaign';
  /** Names of conversions; all if absent. */
  actions?: string[];
}

export interface PathAnswer {
  names: string[];
  /** A line each: numbers of names by blank, conversions, micros, nulls; these four by comma. */
  paths: string;
}

interface Sum {
  conversions: number;
  value: bigint;
  nulls: number;
}

/**
 * @param most touches of all different paths
 * @returns `too_many` when there are more
 */
export function readPaths(sql: SqlStorage, ask: PathAsk, most: number): PathAnswer | 'too_many' {
  const { names, numberOf } = namesBy(sql, ask.dimension);
  const sums = new Map<string, Sum>();
  let touches = 0;
  const rows = sql.exec(
    `SELECT actions, path, sum(conversions), CAST(sum(value) AS TEXT), sum(nulls)
     FROM path_counts WHERE day BETWEEN ? AND ? GROUP BY actions, path`,
    ask.from,
    ask.to,
  );
  type Row = [string, string, number, string, number];
  for (const [actions, path, conversions, value, nulls] of rows.raw<Row>()) {
    if (!isAsked(JSON.parse(actions) as string | string[], ask.actions)) continue;
    const numbers = path.split(' ').map((id) => numberOf.get(Number(id))!);
    const key = numbers.join(' ');
    const sum = sums.get(key);
    if (sum !== undefined) {
      sum.conversions += conversions;
      sum.value += BigInt(value);
      sum.nulls += nulls;
      continue;
    }
    touches += numbers.length;
    // Read to the end all the same: a cursor that is left open would lock the table.
    if (touches <= most) sums.set(key, { conversions, value: BigInt(value), nulls });
  }
  if (touches > most) return 'too_many';
  const lines = [...sums].map(
    ([path, { conversions, value, nulls }]) => `${path},${conversions},${value},${nulls}`,
  );
  return { names, paths: lines.join('\n') };
}

/** A conversion's name, or the list of a rest; see Added. */
function isAsked(of: string | string[], asked: readonly string[] | undefined): boolean {
  const isOne = (action: string) => asked?.includes(action) ?? true;
  if (typeof of === 'string') return isOne(of);
  const last = of.at(-1)!;
  return (last === ANY || isOne(last)) && !of.slice(0, -1).some(isOne);
}

function namesBy(sql: SqlStorage, dimension: PathAsk['dimension']) {
  const places = new Map<string, number>();
  const numberOf = new Map<number, number>();
  const rows = sql.exec(`SELECT id, ${dimension} FROM path_sources ORDER BY 2, 1`);
  for (const [id, name] of rows.raw<[number, string]>()) {
    const place = places.get(name) ?? places.size;
    places.set(name, place);
    numberOf.set(id, place);
  }
  return { names: [...places.keys()], numberOf };
}
