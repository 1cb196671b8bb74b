/** Small helpers shared by the scripts: paths, running commands, saying what happens. */
import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** The TypeScript compiler, to be run with process.execPath. */
export const tsc = path.join(root, 'node_modules/typescript/bin/tsc');

/** A failure that is explained by its message alone; the scripts print it without a stack. */
export class ScriptError extends Error {}

const colours = process.stdout.isTTY && !process.env.NO_COLOR;
/** @param {string} text */
export const bold = (text) => (colours ? `\u001b[1m${text}\u001b[22m` : text);
/** @param {string} text */
export const dim = (text) => (colours ? `\u001b[2m${text}\u001b[22m` : text);

/** @param {string} text */
export const say = (text) => console.log(`${dim('•')} ${text}`);

/** @param {number} since from performance.now(); @returns e.g. `1.2 s` */
export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/**
 * @typedef {object} RunOptions
 * @property {NodeJS.ProcessEnv} [env] added to the environment
 * @property {boolean} [quiet] collect the output, show it only when the command fails
 * @property {boolean} [allowFailure] resolve with the status instead of throwing
 * @property {string} [cwd]
 */

/**
 * Runs a command to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{status: number, output: string}>} output is '' unless quiet
 * @throws {ScriptError} when it cannot start or its status is not 0
 */
export const run = (command, args, { env, quiet = false, allowFailure = false, cwd = root } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: env ? { ...process.env, ...env } : process.env,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    child.on('error', (error) =>
      reject(new ScriptError(`Cannot start ${command}: ${error.message}`)),
    );
    child.on('close', (code, signal) => {
      const status = code ?? 1;
      if (status === 0 || allowFailure) return resolve({ status, output });
      if (output) console.error(output.trimEnd());
      const how = signal ? `was ended by ${signal}` : `failed with status ${status}`;
      reject(new ScriptError(`${command} ${args.join(' ')} ${how}`));
    });
  });

/**
 * Newest change below the given files and folders, in ms; 0 when there is none.
 * @param {string[]} paths relative to the project
 */
export const newest = (paths) => {
  let latest = 0;
  /** @param {string} file */
  const visit = (file) => {
    const info = statSync(file, { throwIfNoEntry: false });
    if (!info) return;
    latest = Math.max(latest, info.mtimeMs);
    if (info.isDirectory())
      for (const entry of readdirSync(file))
        if (entry !== 'node_modules') visit(`${file}/${entry}`);
  };
  for (const entry of paths) visit(path.join(root, entry));
  return latest;
};

/**
 * Oldest of the given files, in ms; 0 when one is missing.
 * @param {string[]} files relative to the project
 */
export const oldest = (files) =>
  Math.min(
    ...files.map(
      (file) => statSync(path.join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0,
    ),
  );

/**
 * Runs a script's main function; a ScriptError is printed without its stack. Ends the process
 * with status 1 on any failure.
 * @param {() => Promise<void>} main
 */
export const runMain = async (main) => {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof ScriptError ? `\n${error.message}` : error);
    process.exit(1);
  }
};

/** Whether the module is the one that was started. @param {string} url import.meta.url */
export const isMain = (url) =>
  process.argv[1] !== undefined && url === new URL(`file://${process.argv[1]}`).href;
