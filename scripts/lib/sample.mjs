/** The made-up shop of the app's sample and of `npm start`: the same bytes each time. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { root, ScriptError } from './run.mjs';

/** Journeys in the app's sample and in a new store of `npm start`. */
export const sampleJourneys = 2000;

/** The seeded touch log as CSV. @param {number} [journeys] @returns {Promise<string>} */
export const generateSample = async (journeys = sampleJourneys) => {
  try {
    const { stdout } = await promisify(execFile)(
      path.join(root, 'build/native/hw'),
      ['generate', '--journeys', String(journeys), '--seed', '1'],
      { maxBuffer: 1 << 28 },
    );
    return stdout;
  } catch (error) {
    throw new ScriptError(`build/native/hw generate failed: ${String(error)}`);
  }
};
