/** What the page and the engine's Web Worker say to each other. */
import type {
  AttributeOptions,
  DatasetJourney,
  DatasetSummary,
  ModelCredit,
} from '../wasm/binding/types.ts';

/** Where journeys come from. Only `file` is data of the visitor's own disk. */
export type Source =
  | { kind: 'sample' }
  | { kind: 'file'; file: File }
  | { kind: 'site'; site: string; key: string };

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
    };

export type FromEngine =
  | { type: 'ready' }
  | { type: 'progress'; id: number; bytes: number; total: number | null }
  | { type: 'opened'; id: number; summary: DatasetSummary }
  | { type: 'credited'; id: number; credits: ModelCredit[]; journeys: DatasetJourney[] }
  | { type: 'failed'; id: number; failure: Failure };
