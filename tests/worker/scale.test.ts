/** The tables in docs/scale.md are what the simulation says. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { root } from './helpers.ts';

const sim = (...options: string[]) =>
  spawnSync(process.execPath, [path.join(root, 'scripts/sim.mjs'), ...options], {
    encoding: 'utf8',
  });

const page = readFileSync(path.join(root, 'docs/scale.md'), 'utf8');

for (const options of [[], ['--per-request', '20'], ['--events', '1e7', '--shards', '1,4,16']]) {
  test(`npm run sim ${options.join(' ')}`.trim(), () => {
    const { stdout, status, stderr } = sim(...options);
    assert.equal(status, 0, stderr);
    assert.ok(page.includes(stdout.trim()), `docs/scale.md has another table than:\n${stdout}`);
  });
}

test('more than one object can take is called so', () => {
  const { stdout } = sim('--events', '1e11', '--shards', '1');
  assert.match(stdout, /too slow/);
});

test('an option that is no number is refused', () => {
  const { status, stderr } = sim('--events', 'many');
  assert.equal(status, 2);
  assert.match(stderr, /numbers/);
});
