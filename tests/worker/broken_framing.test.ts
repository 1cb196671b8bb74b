/** Bodies that break off or are framed wrongly get a 400, and the worker goes on. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { call, startServer } from './helpers.ts';

/** Sends raw bytes, ends the writing side if asked, and gives what comes back. */
const raw = (url: string, bytes: string, end: boolean): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () =>
      end ? socket.end(bytes) : socket.write(bytes),
    );
    let answer = '';
    socket.setEncoding('utf8').on('data', (text) => {
      answer += text;
      if (answer.includes('"code"')) socket.destroy();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });

const head = 'POST /e HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

test('broken framing is refused with a code', async () => {
  await using server = await startServer();
  const chunk = `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`;
  const short = `${head}Content-Length: 500\r\n\r\n{}`;
  for (const answer of [await raw(server.url, chunk, false), await raw(server.url, short, true)]) {
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.match(answer, /"code":"incomplete_body"/);
  }
  assert.equal((await call(`${server.url}/healthz`)).status, 200);
  assert.doesNotMatch(server.log(), /error [0-9a-f-]{36}/);
});
