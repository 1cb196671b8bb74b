/** The three builds of the core behind one face: bytes in, bytes and an exit code out. */

import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Headwater, load } from '../../wasm/binding/edge.node.ts';
import { type HeadwaterFull, load as loadFull } from '../../wasm/binding/index.node.ts';

export const root = fileURLToPath(new URL('../../', import.meta.url));
/** Another build of the command line, e.g. one that counts coverage. */
export const hwPath = process.env.HW_BIN ?? `${root}build/native/hw`;

export interface Run {
  code: number | null;
  out: string;
  err: string;
}

const spawn = (
  file: string,
  args: readonly string[],
  input: string | Uint8Array,
  to?: string,
): Run => {
  const out = to === undefined ? 'pipe' : openSync(to, 'w');
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    input,
    stdio: ['pipe', out, 'pipe'],
    maxBuffer: 1 << 28,
    timeout: 120_000,
  });
  // A program that refuses early leaves its input unread; its answer still counts.
  if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  if (typeof out === 'number') closeSync(out);
  return { code: status, out: stdout?.toString() ?? '', err: stderr.toString() };
};

/** @param to a file for standard output */
export const native = (
  args: readonly string[],
  input: string | Uint8Array = '',
  to?: string,
): Run => spawn(hwPath, args, input, to);

/** dist/hw.wasm under Node's own WASI host, as a user would run it. */
export const wasi = (args: readonly string[], input: string | Uint8Array = ''): Run =>
  spawn(process.execPath, ['--no-warnings', `${root}tests/node/wasi_host.mjs`, ...args], input);

/** The same, many runs in one process: the output of each. @throws Error when one exits not with 0 */
export const wasiBatch = (runs: readonly (readonly string[])[]): string[] => {
  const host = `${root}tests/node/wasi_host.mjs`;
  const { code, out, err } = spawn(
    process.execPath,
    ['--no-warnings', host, '--batch'],
    JSON.stringify(runs),
  );
  if (code !== 0) throw new Error(`hw.wasm: ${err}`);
  return JSON.parse(out) as string[];
};

export const core = (): Promise<Headwater> =>
  load(new URL('../../dist/headwater.wasm', import.meta.url));

export const full = (): Promise<HeadwaterFull> =>
  loadFull(new URL('../../dist/headwater-full.wasm', import.meta.url));

export const json = (path: string): unknown => JSON.parse(readFileSync(`${root}${path}`, 'utf8'));

/** Six decimals, as the command line prints micros. */
export const decimal = (micros: number): string => {
  const u = BigInt(Math.abs(micros));
  const sign = micros < 0 ? '-' : '';
  return `${sign}${u / 1_000_000n}.${String(u % 1_000_000n).padStart(6, '0')}`;
};

/** splitmix64 as a source of whole numbers; the seed is the caller's to print. */
export const random = (seed: bigint): ((below: number) => number) => {
  let s = seed;
  const mask = (1n << 64n) - 1n;
  return (below) => {
    s = (s + 0x9e3779b97f4a7c15n) & mask;
    let z = s;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask;
    return Number((z ^ (z >> 31n)) % BigInt(below));
  };
};

/** HW_TEST_SEED, or a fixed one; printed, so that a failure can be run again. */
export const seed = (name: string): bigint => {
  const s = BigInt(process.env.HW_TEST_SEED ?? '20261123');
  console.log(`${name}: HW_TEST_SEED=${s}`);
  return s;
};
