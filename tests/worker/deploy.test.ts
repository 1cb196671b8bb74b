/** `npm run deploy`: builds, checks the configuration, and wrangler accepts all of it, offline. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { root } from './helpers.ts';

test('npm run deploy -- --dry-run', { timeout: 120_000 }, () => {
  const outdir = mkdtempSync(path.join(tmpdir(), 'headwater-deploy-'));
  try {
    const output = execFileSync(
      process.execPath,
      [path.join(root, 'scripts/deploy.mjs'), '--dry-run', `--outdir=${outdir}`],
      {
        cwd: root,
        encoding: 'utf8',
        env: {
          PATH: process.env.PATH,
          HOME: outdir,
          WRANGLER_SEND_METRICS: 'false',
          CI: '1',
        },
      },
    );
    assert.match(output, /SHARDS/);
    assert.match(output, /ORDERS/);
    assert.match(output, /--dry-run: exiting now/);
    assert.match(output, /^ {2}SHOP_API_KEY$/m);
    const files = readdirSync(outdir);
    assert.ok(files.includes('index.js'), files.join());
    for (const module of ['headwater.wasm', 'headwater-full.wasm']) {
      const wasm = files.find((name) => name.endsWith(module));
      assert.ok(wasm, files.join());
      assert.deepEqual(
        readFileSync(path.join(outdir, wasm)),
        readFileSync(path.join(root, 'dist', module)),
      );
    }
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
});
