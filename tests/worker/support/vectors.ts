/** Reads the vectors of payloads and hashes, and compares bodies with them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Json } from '../helpers.ts';

export function vectors(name: string): Json[] {
  const file = path.resolve(import.meta.dirname, `../../vectors/${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8')).vectors;
}

/** Every listed key is there and equal; more keys are allowed. */
export function assertSubset(actual: Json, expected: Json, where: string): void {
  if (expected !== null && typeof expected === 'object' && !Array.isArray(expected)) {
    const [[key, value] = []] = Object.entries<Json>(expected);
    switch (key) {
      case '$num':
        assert.equal(Number(actual), value, where);
        return;
      case '$numstr':
      case '$decimal_string':
        assert.equal(typeof actual, 'string', where);
        assert.equal(Number(actual), value, where);
        return;
      case '$any':
        assert.ok(value.includes(actual), `${where}: ${actual} is none of ${value}`);
        return;
      case '$instant':
        assert.equal(Date.parse(actual), Date.parse(value), where);
        return;
      case '$maybeArray':
        assert.deepEqual([actual].flat(), [value], where);
        return;
      case '$present':
        assert.ok(actual, `${where} is missing`);
        return;
    }
    assert.ok(actual, `${where} is missing`);
    for (const [name, part] of Object.entries(expected)) {
      assertSubset(actual[name], part, `${where}.${name}`);
    }
    return;
  }
  if (Array.isArray(expected)) {
    assert.equal(actual?.length, expected.length, `${where}: length`);
    for (const [i, part] of expected.entries()) assertSubset(actual[i], part, `${where}[${i}]`);
    return;
  }
  assert.deepEqual(actual, expected, where);
}
