/** A reporter for Node's test runner that prints one JSON line: counts, and why tests were skipped. */

/** @param {AsyncIterable<{type: string, data: any}>} source */
export default async function* countReporter(source) {
  const counts = { passed: 0, failed: 0, skipped: 0, skips: /** @type {string[]} */ ([]) };
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details?.type === 'suite') continue;
    if (data.skip !== undefined || data.todo !== undefined) {
      const reason = data.skip ?? data.todo;
      counts.skipped++;
      counts.skips.push(`${data.name}: ${typeof reason === 'string' ? reason : 'no reason given'}`);
    } else if (type === 'test:pass') counts.passed++;
    else counts.failed++;
  }
  yield `${JSON.stringify(counts)}\n`;
}
