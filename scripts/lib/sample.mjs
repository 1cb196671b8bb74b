/** The made-up shop of the app's sample and of `npm start`: the same bytes each time. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { root, ScriptError } from './run.mjs';

/** Visitors in the app's sample and in a new store of `npm start`; some come back and buy again. */
export const sampleVisitors = 2000;
/** What the shop's year so far looks like. */
const shop = ['--days', '180', '--again', '400', '--seed', '1'];

/** The seeded touch log as CSV. @param {number} [visitors] @returns {Promise<string>} */
export const generateSample = async (visitors = sampleVisitors) => {
  try {
    const { stdout } = await promisify(execFile)(
      path.join(root, 'build/native/hw'),
      ['generate', '--journeys', String(visitors), ...shop],
      { maxBuffer: 1 << 28 },
    );
    return stdout;
  } catch (error) {
    throw new ScriptError(`build/native/hw generate failed: ${String(error)}`);
  }
};
