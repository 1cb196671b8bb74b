/**
 * Many rows per statement. A call into SQLite costs more than a row does, and
 * the platform binds at most 100 values to one statement.
 */

const MAX_BOUND = 100;
/** Rows per statement, tried from the left; few different texts, so that all stay prepared. */
const SMALLER_CHUNKS = [10, 3, 1];

export type Bound = string | number | Uint8Array | null;

export class BulkStatement {
  readonly #width: number;
  readonly #chunks: number[];
  readonly #texts: Map<number, string>;

  /**
   * @param width values per row
   * @param text the statement for `rows`, a list of that many `(?, ?)`
   */
  constructor(width: number, text: (rows: string) => string) {
    const most = Math.floor(MAX_BOUND / width);
    this.#width = width;
    this.#chunks = [most, ...SMALLER_CHUNKS.filter((size) => size < most)];
    const row = `(${new Array(width).fill('?').join()})`;
    this.#texts = new Map(
      this.#chunks.map((size) => [size, text(new Array(size).fill(row).join())]),
    );
  }

  /**
   * Runs the statement over all values, row by row in their order.
   *
   * @param values of all rows, one after the other
   * @param take gets the result of each run
   */
  run(
    sql: SqlStorage,
    values: readonly Bound[],
    take?: (cursor: SqlStorageCursor<Record<string, SqlStorageValue>>) => void,
  ): void {
    let at = 0;
    for (const size of this.#chunks) {
      const step = size * this.#width;
      const text = this.#texts.get(size)!;
      for (; at + step <= values.length; at += step) {
        const cursor = sql.exec(text, ...values.slice(at, at + step));
        take?.(cursor);
      }
    }
  }
}
