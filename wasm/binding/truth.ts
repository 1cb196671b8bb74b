/** Planted worlds: what channels really caused, and how near each model comes. Full module only. */
import { Reader, Writer } from './block.ts';
import type { Memory } from './memory.ts';

export interface TruthOptions {
  /** additive, interaction, funnel, retargeting or organic; see docs/models-truth.md. */
  world?: string;
  /** 0 to 2^53. */
  seed?: number;
  /** 100 to 10^6; default 20,000. */
  people?: number;
  /** That people are watched, 1 to 365; default 60. */
  days?: number;
  /** Percent of what the channels do, 0 to 1000; default 100. */
  strength?: number;
}

export interface TruthChannel {
  channel: string;
  /** Paid for or sent, so that models are scored on it. */
  scored: boolean;
  /** It causes nothing in this world. */
  idle: boolean;
  /** Sales that would be missing without it. */
  caused: number;
  /** Sales a touch causes in the long run, where nothing else interferes. */
  lift: number;
  /** Chances that a touch moves a person from unaware to interested, from interested to ready. */
  moves: [number, number];
}

/** Figures of one model; null where it has none. What they mean: docs/models-truth.md. */
export interface TruthScore {
  model: string;
  shareError: number | null;
  spearman: number | null;
  creditRatio: number | null;
  zeroCredit: number | null;
  logloss: number | null;
  auc: number | null;
  /** Sales credited, by channel. */
  credit: number[];
}

export interface TruthReport {
  about: string;
  people: number;
  touches: number;
  sales: number;
  /** Sales that no channel had a part in. */
  unasked: number;
  channels: TruthChannel[];
  scores: TruthScore[];
}

export const readTruth = (
  memory: Memory,
  { world = 'additive', seed = 1, people = 20_000, days = 60, strength = 100 }: TruthOptions,
): TruthReport => {
  const w = new Writer().str(world).f64(seed).u32(people).u32(days).u32(strength);
  const r = new Reader(memory.take(memory.full.hw_wasm_truth(memory.send(w.bytes()))));
  const about = r.str();
  const [living, touches, sales, unasked] = [r.f64(), r.f64(), r.f64(), r.f64()];
  const channels = Array.from({ length: r.u32() }, (): TruthChannel => {
    const channel = r.str();
    const [scored, idle] = [r.u32() === 1, r.u32() === 1];
    return { channel, scored, idle, caused: r.f64(), lift: r.f64(), moves: [r.f64(), r.f64()] };
  });
  const scores = Array.from({ length: r.u32() }, (): TruthScore => {
    const model = r.str();
    const [runs, heldout] = [r.u32(), r.u32()];
    const figure = (told: number): number | null => {
      const value = r.f64();
      return told > 0 ? value / told : null;
    };
    const [shareError, spearman, creditRatio] = [figure(runs), figure(runs), figure(runs)];
    const zeroCredit = figure(runs);
    const [logloss, auc] = [figure(heldout), figure(heldout)];
    const credit = channels.map(() => r.f64());
    return { model, shareError, spearman, creditRatio, zeroCredit, logloss, auc, credit };
  });
  return { about, people: living, touches, sales, unasked, channels, scores };
};
