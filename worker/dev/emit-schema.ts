/**
 * Writes worker/headwater.schema.json, the JSON Schema that editors use for
 * headwater.config.json. With --check: fails when the file is out of date.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { configSchema } from '../src/schema/config.ts';
import { toJsonSchema } from '../src/schema/json_schema.ts';

const root = path.resolve(import.meta.dirname, '../..');
const file = path.join(root, 'worker/headwater.schema.json');
const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'headwater.config.json',
  ...toJsonSchema(configSchema),
};
const text = execFileSync(
  path.join(root, 'node_modules/.bin/biome'),
  ['format', '--stdin-file-path=headwater.schema.json'],
  { cwd: root, input: JSON.stringify(schema), encoding: 'utf8' },
);

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
  console.error('worker/headwater.schema.json is out of date: run node worker/dev/emit-schema.ts');
  process.exit(1);
}
