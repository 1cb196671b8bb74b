/** What the command line says about the same bytes: the measure for the page. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { Credit } from './app.ts';
import { root } from './static-server.ts';

/** model → channel → credit, as `hw attribute` prints it. */
export const attribute = (
  csv: string | Uint8Array,
  models: string[],
  options: string[] = [],
): Record<string, Credit> => {
  const hw = path.join(root, 'build/native/hw');
  const { status, stdout, stderr } = spawnSync(
    hw,
    ['attribute', '-', '--model', models.join(','), ...options],
    { input: csv, encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  if (status !== 0) throw new Error(`hw attribute ended with ${status}: ${stderr}`);
  const result: Record<string, Credit> = {};
  for (const line of stdout.trimEnd().split('\n').slice(1)) {
    const [model = '', channel = '', conversions = '', value = ''] = line.split(',');
    result[model] ??= {};
    result[model][channel] = [conversions, value];
  }
  return result;
};
