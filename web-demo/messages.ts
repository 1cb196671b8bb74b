/** What the page and the engine's Web Worker say to each other. */
import type { CustomerOptions, CustomerReport } from '../wasm/binding/customers.ts';
import type { Money, Spend, SpendFile } from '../wasm/binding/money.ts';
import type {
  FlowOptions,
  FlowReport,
  MarkovOptions,
  MarkovReport,
  PathFilter,
  PathReport,
  TouchCredit,
} from '../wasm/binding/reports.ts';
import type { TruthOptions, TruthReport } from '../wasm/binding/truth.ts';
import type {
  AttributeOptions,
  DatasetJourney,
  DatasetSummary,
  ModelCredit,
  ModelInterval,
} from '../wasm/binding/types.ts';
import type { ClaimedOrders } from './claimed-orders.ts';

/** Where journeys come from. Only `file` is data of the visitor's own disk. */
export type Source =
  | { kind: 'sample' }
  | {
      kind: 'file';
      file: File;
      /** Role → name in the header, see DatasetOptions. */
      columns?: Record<string, string>;
      /** Bad rows are listed instead of refusing the file. */
      skipBad?: boolean;
    }
  | { kind: 'site'; site: string };

export interface Failure {
  /** The core's (`HW_E_CSV`), or `key`, `read`, `trap`, `load`. */
  code: string;
  message: string;
  /** 1-based; 0: does not apply. */
  line: number;
  column: number;
}

export type ToEngine =
  | { type: 'open'; id: number; source: Source }
  | { type: 'cancel'; id: number }
  | {
      type: 'attribute';
      id: number;
      models: string[];
      /** The model whose credit the shown journeys carry. */
      model: string;
      options: AttributeOptions;
    }
  /** Credit under every model of the core, with intervals when `replicates` is not 0. */
  | { type: 'compare'; id: number; options: AttributeOptions; replicates: number }
  /** What each channel would claim by a rule of its own. */
  | { type: 'claim'; id: number; rules: ClaimRule[] }
  | { type: 'ask'; id: number; question: Question };

/** What the screens that are loaded later ask about the data, and what they get. */
export interface Questions {
  paths: { ask: { filter: PathFilter; top: number }; answer: PathReport };
  /** A file of spend, or its text. */
  spend: { ask: File | string; answer: SpendFile };
  money: {
    ask: { models: string[]; spend: Spend; options: AttributeOptions };
    answer: { rows: { model: string; money: Money }[]; leftOut: LeftOut[] };
  };
  customers: { ask: CustomerOptions; answer: CustomerReport };
  /** Asks nothing of the data: the world is made up. */
  truth: { ask: TruthOptions; answer: TruthReport };
  flow: { ask: FlowOptions; answer: FlowReport };
  markov: { ask: MarkovOptions; answer: MarkovReport };
  /** The sales that a channel claims, and who else claims them. */
  claimed: { ask: { channel: string; rules: ClaimRule[] }; answer: ClaimedOrders };
  /** One journey, its credit under each of the models. */
  journey: {
    ask: { index: number; models: string[]; options: AttributeOptions };
    answer: { journey: DatasetJourney | null; credits: TouchCredit[] };
  };
}

export type Question = {
  [K in keyof Questions]: { kind: K; ask: Questions[K]['ask'] };
}[keyof Questions];
export type Answer = {
  [K in keyof Questions]: { kind: K; answer: Questions[K]['answer'] };
}[keyof Questions];

/** A platform counts a conversion whole when a touch of its channel lies in its window. */
export interface ClaimRule {
  channel: string;
  clickMs: number;
  /** 0: views do not count. */
  viewMs: number;
}

export interface Claim {
  channel: string;
  /** Micros. */
  conversions: number;
  value: number;
}

/** A model that the data does not allow, and why. */
export interface LeftOut {
  model: string;
  why: string;
}

export type FromEngine =
  | { type: 'ready' }
  | { type: 'progress'; id: number; bytes: number; total: number | null }
  /** hasColumns: which of the file's columns plays which role can be chosen. */
  | { type: 'opened'; id: number; summary: DatasetSummary; hasColumns: boolean }
  | { type: 'credited'; id: number; credits: ModelCredit[]; journeys: DatasetJourney[] }
  | {
      type: 'compared';
      id: number;
      /** In the order of the credits' channels; a model may have added one of its own. */
      channels: string[];
      credits: (ModelCredit | ModelInterval)[];
      leftOut: LeftOut[];
      /** Whether more will follow under the same id. */
      more: boolean;
    }
  | { type: 'claimed'; id: number; claims: Claim[] }
  | { type: 'answered'; id: number; answer: Answer }
  | { type: 'failed'; id: number; failure: Failure };
