import { layout } from './layout.gen.ts';

/** A status of the core, by name; see core/include/headwater/status.h. */
export type StatusName = keyof typeof layout.status;

/** Name of a status by its number. */
export const statusName = (status: number): StatusName => names.get(status) ?? 'HW_E_STATE';

const names = new Map<number, StatusName>(
  Object.entries(layout.status).map(([name, [number]]) => [number, name as StatusName]),
);

/** What the core refused, where, and why. */
export class HwError extends Error {
  override readonly name: string = 'HwError';
  /** E.g. `HW_E_CSV`. Stable. */
  readonly code: StatusName;
  /** The number of the code. */
  readonly status: number;
  /** 1-based line of the input, when the fault is in a file. */
  readonly line?: number;
  /** 1-based column (field) of that line. */
  readonly column?: number;

  constructor(code: StatusName, message: string, line = 0, column = 0) {
    super(message);
    this.code = code;
    this.status = layout.status[code][0];
    if (line > 0) this.line = line;
    if (column > 0) this.column = column;
  }

  static of(code: StatusName): HwError {
    return new HwError(code, layout.status[code][1]);
  }
}

/** A call on an object after its dispose(). */
export class HwDisposedError extends Error {
  override readonly name = 'HwDisposedError';
  readonly code = 'HW_DISPOSED';

  constructor(what: string) {
    super(`this ${what} was disposed of; make a new one`);
  }
}

/** Reads a hw_error at an address. */
export const readError = (u8: Uint8Array, at: number): HwError => {
  const view = new DataView(u8.buffer, u8.byteOffset + at, 512);
  const status = view.getUint32(layout.error.status, true);
  const line = Number(view.getBigUint64(layout.error.line, true));
  const column = view.getUint32(layout.error.column, true);
  const from = at + layout.error.message;
  const text = new TextDecoder().decode(u8.subarray(from, u8.indexOf(0, from)));
  const code = statusName(status);
  // The module leaves the table's texts to this side; a bare word is what it was about.
  const general = layout.status[code][1];
  const message = text === '' ? general : text.includes(' ') ? text : `${text}: ${general}`;
  return new HwError(code, message, line, column);
};
