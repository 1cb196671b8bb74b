/** The worker can be deployed: wrangler bundles it and accepts its configuration, offline. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { root } from './helpers.ts';

test('wrangler deploy --dry-run', { timeout: 120_000 }, () => {
  const outdir = mkdtempSync(path.join(tmpdir(), 'headwater-deploy-'));
  try {
    const output = execFileSync(
      process.execPath,
      [
        path.join(root, 'node_modules/wrangler/bin/wrangler.js'),
        'deploy',
        '--dry-run',
        '--config=worker/wrangler.jsonc',
        `--outdir=${outdir}`,
      ],
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
    const files = readdirSync(outdir);
    assert.ok(files.includes('index.js'), files.join());
    const wasm = files.find((name) => name.endsWith('.wasm'));
    assert.ok(wasm, files.join());
    assert.deepEqual(
      readFileSync(path.join(outdir, wasm)),
      readFileSync(path.join(root, 'dist/headwater.wasm')),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
});
