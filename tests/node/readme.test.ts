/** Every snippet of the README does what it says. The curl one is in tests/worker. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { native, root } from './hosts.ts';

const readme = readFileSync(`${root}README.md`, 'utf8');
const blocks = [...readme.matchAll(/```(\w*)\n([\s\S]*?)```/g)].map(([, kind = '', text = '']) => ({
  kind,
  text,
}));

test('the command line example prints what stands under it', () => {
  const at = blocks.findIndex((b) => b.text.includes('build/native/hw attribute'));
  const { stdout, status } = spawnSync('sh', ['-c', blocks[at]?.text ?? ''], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.equal(status, 0);
  assert.equal(stdout, blocks[at + 1]?.text);
});

test('the JavaScript example runs against the built package', () => {
  const example = blocks.find((b) => b.kind === 'js')?.text ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'hw-readme-'));
  try {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules/headwater'));
    writeFileSync(join(folder, 'example.mjs'), example);
    const { stdout, stderr } = spawnSync(process.execPath, ['example.mjs'], {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.equal(stdout, "[ 'ads', 'email' ] [ 500000, 500000 ]\n", stderr);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the examples of docs/models.md are what hw says', () => {
  const doc = readFileSync(`${root}docs/models.md`, 'utf8');
  const input =
    'path,total_conversions,total_conversion_value\nSearch > Social > Search > Email,1,100\n';
  let checked = 0;
  for (const [, models = '', figures = ''] of doc.matchAll(
    /^\| (`[^|]+`) \|.*\| (?:with Social: )?([\d., /]+) \|$/gm,
  )) {
    const names = [...models.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    const expected = figures.split(',').map((part) => part.split('/').map(Number));
    names.forEach((name, i) => {
      const { out } = native(['attribute', '--model', name, '--source', 'Social'], input);
      const got = ['Search', 'Social', 'Email'].map((channel) =>
        Number(new RegExp(`,${channel},[\\d.]+,([\\d.]+)`).exec(out)?.[1]),
      );
      (expected[i] ?? expected[0] ?? []).forEach((figure, k) => {
        assert.ok(
          Math.abs((got[k] ?? Number.NaN) - figure) < 0.005,
          `${name}: ${got} for ${figures}`,
        );
      });
      checked++;
    });
  }
  assert.ok(checked >= 14, `${checked} models checked`);
});

test('files and commands that it names are there', () => {
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    scripts: Record<string, string>;
  };
  for (const [, name = ''] of readme.matchAll(/npm (?:run )?(start|test|check|bench|coverage)/g))
    assert.ok(scripts[name], name);
  for (const [, file = ''] of readme.matchAll(/\]\(([^)#:]+)\)/g))
    assert.ok(existsSync(`${root}${file}`), file);
  for (const [, file = ''] of readme.matchAll(/`(tests\/[\w./]+)`/g))
    assert.ok(existsSync(`${root}${file}`), file);
});
