import { Reader, Writer } from './block.ts';
import { HwError, statusName } from './errors.ts';
import { Handle } from './handle.ts';
import { layout } from './layout.gen.ts';
import type { Memory } from './memory.ts';
import type {
  JourneyConversion,
  JourneyView,
  LedgerRow,
  StepConfig,
  StepConversion,
  StepEvent,
  StepOutcome,
  StepPerson,
  StepPersonResult,
  StepResult,
} from './types.ts';

/** Event keys a journey may hold before further events are refused as full. */
const KEY_CAP = 16_384;

const create = (memory: Memory, config: StepConfig): number => {
  const w = new Writer().u32(config.models.length);
  for (const model of config.models) w.str(model);
  w.f64(config.lookbackClickMs).f64(config.lookbackImpressionMs);
  w.f64(config.dedupWindowMs).f64(config.retentionMs).f64(config.sessionMs).f64(config.halfLifeMs);
  w.u32(config.touchCap).u32(KEY_CAP);
  return memory.exports.hw_wasm_stepper_create(memory.send(w.bytes())) >>> 0;
};

/** The edge's pure function over journeys. */
export class Stepper extends Handle {
  readonly #writer = new Writer();

  /** @throws HwError HW_E_MODEL or HW_E_ARG for a configuration out of range */
  constructor(memory: Memory, config: StepConfig) {
    super(memory, 'stepper', create(memory, config), memory.exports.hw_wasm_stepper_destroy);
  }

  /**
   * Applies events that arrived at `now` to their persons, in order.
   *
   * @throws HwError when the core refuses a person's journey or events: nothing
   * of the call may then be kept; step the persons one by one to find which
   */
  step(persons: readonly StepPerson[], now: number): StepResult {
    const w = this.#writer.reset().u32(persons.length);
    for (const { blob, events } of persons) {
      w.u32(blob?.length ?? 0).u32(events.length);
      if (blob) w.raw(blob);
      for (const event of events) writeEvent(w, event);
    }
    const { memory, address } = this;
    const status = memory.exports.hw_wasm_stepper_step(address, memory.send(w.bytes()), now);
    const r = new Reader(memory.take(status));
    r.u32();
    return {
      persons: persons.map(({ events }) => readPerson(r, events.length)),
      ledger: readLedger(r),
    };
  }

  /** Opens a journey for people to read. @throws HwError for a blob that is not whole */
  describe(blob: Uint8Array): JourneyView {
    const { memory, address } = this;
    const status = memory.exports.hw_wasm_stepper_journey(address, memory.send(blob));
    const told = new Reader(memory.take(status)).json<ToldJourney>();
    return { ...told, conversions: withRefunds(told.conversions) };
  }
}

/** As the core tells a journey: refunds stand among the conversions, with what they ask for as value. */
type ToldConversion = Omit<JourneyConversion, 'refunds'> & { refund: boolean };
type ToldJourney = Omit<JourneyView, 'conversions'> & { conversions: ToldConversion[] };

/** Refunds of an order apply by their time, then by their key, each to what those before left. */
const withRefunds = (told: readonly ToldConversion[]): JourneyConversion[] => {
  const refunds = told.filter(({ refund }) => refund);
  refunds.sort((a, b) => a.at - b.at || (a.event < b.event ? -1 : 1));
  return told
    .filter(({ refund }) => !refund)
    .map(({ refund: _, ...conversion }) => {
      let left = conversion.value;
      const own = refunds.filter(({ order }) => order !== '' && order === conversion.order);
      return {
        ...conversion,
        refunds: own.map(({ event, at, value }) => {
          const taken = Math.min(left, value);
          left -= taken;
          return [event, at, value, taken];
        }),
      };
    });
};

const { hasOrder, once, refund } = layout.conversion;
const REFUNDS = { part: 1, all: 2 } as const;

const flagsOf = (c: StepConversion): number =>
  (c.order ? hasOrder : 0) | (c.once ? once : 0) | (c.refund ? refund * REFUNDS[c.refund] : 0);

const writeEvent = (w: Writer, event: StepEvent): void => {
  const conversions = event.conversions ?? [];
  const interaction = event.touch ? layout.interactions.indexOf(event.touch.interaction) : 0;
  if (typeof event.key === 'string') w.keyHex(event.key);
  else w.key(event.key);
  w.f64(event.at).i32(event.day);
  w.u32(interaction | (conversions.length << 8)).f64(event.keyWindowMs ?? 0);
  if (event.touch) {
    const s = event.touch.source;
    w.str(s.channel).str(s.source).str(s.medium).str(s.campaign).str(s.term).str(s.content);
  }
  for (const c of conversions) {
    w.f64(c.value).u32(flagsOf(c));
    if (c.order) w.key(c.order);
    w.str(c.action);
  }
};

const readPerson = (r: Reader, events: number): StepPersonResult => {
  const status = r.u32();
  if (status !== 0) {
    throw HwError.of(statusName(status));
  }
  const length = r.u32();
  const blob = length > 0 ? r.raw(length) : null;
  const outcomes = new Array<StepOutcome>(events);
  for (let i = 0; i < events; i++) outcomes[i] = layout.outcomes[r.u8()] ?? 'full';
  const counted = new Array<number>(events);
  for (let i = 0; i < events; i++) counted[i] = r.u32();
  return { blob, outcomes, counted };
};

const readLedger = (r: Reader): LedgerRow[] => {
  const texts = Array.from({ length: r.u32() }, () => r.str());
  const text = () => texts[r.u32()] ?? '';
  const rows: LedgerRow[] = [];
  for (let n = r.u32(); n > 0; n--) {
    const row: LedgerRow = {
      day: r.i32(),
      basis: layout.bases[r.u32()] ?? 'conversion',
      action: text(),
      model: text(),
      channel: text(),
      source: text(),
      medium: text(),
      campaign: text(),
      term: text(),
      content: text(),
      conversions: r.f64(),
      value: 0,
    };
    const high = r.f64() * 2 ** 52;
    const low = r.f64();
    // Numbers below 2^53 are exact, and so are multiples of 2^52: a larger sum takes two rows.
    if (Number.isSafeInteger(high + low)) row.value = high + low;
    else {
      rows.push({ ...row, conversions: 0, value: high });
      row.value = low;
    }
    rows.push(row);
  }
  return rows;
};
