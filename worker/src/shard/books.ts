/**
 * The figures of a shard under one set of settings: journeys with their credits, and the ledger. While
 * figures are made for other settings, those are a second book beside the one in force, up to a row of
 * the log; what changes the past of a person changes it in both.
 */
import type { StepConfig } from '../../../wasm/binding/types.ts';
import type { Site } from '../config.ts';
import { readMeta } from '../store.ts';

export interface Book {
  /** With the settings of this book. */
  site: Site;
  tables: BookTables;
  /** The last row of the log that it counts. */
  upTo: number;
}

export interface BookTables {
  ledger: 'ledger' | 'ledger_next';
  journeys: 'journeys' | 'journeys_next';
  bases: 'bases' | 'bases_next';
}

export const IN_FORCE: BookTables = { ledger: 'ledger', journeys: 'journeys', bases: 'bases' };
export const NEXT: BookTables = {
  ledger: 'ledger_next',
  journeys: 'journeys_next',
  bases: 'bases_next',
};

/** In meta: settings of the book in force, those of the next and the row that it has come to. */
export const STEP = 'step';
export const NEXT_STEP = 'next_step';
export const NEXT_SEQ = 'next_seq';

/** The site with settings that figures were made with. */
export function withStep(site: Site, stepHash: string): Site {
  return { ...site, step: JSON.parse(stepHash) as StepConfig, stepHash };
}

/** @param site with the settings in force */
export function booksOf(sql: SqlStorage, site: Site): Book[] {
  const inForce = { site, tables: IN_FORCE, upTo: Number.MAX_SAFE_INTEGER };
  const next = readMeta(sql, NEXT_STEP);
  if (next === undefined) return [inForce];
  const upTo = Number(readMeta(sql, NEXT_SEQ) ?? 0);
  return [inForce, { site: withStep(site, next), tables: NEXT, upTo }];
}
