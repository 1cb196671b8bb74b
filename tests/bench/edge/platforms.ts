/** The stand-ins of the platforms in a process of their own; prints their port, ends with its input. */
import process from 'node:process';
import { startMock } from '../../worker/support/mock_server.ts';

const mock = await startMock();
process.stdout.write(`${mock.endpoint('')}\n`);
// What was captured is of no use here.
setInterval(() => {
  mock.requests.length = 0;
  mock.taken.clear();
}, 200);
process.stdin.on('end', () => process.exit(0)).resume();
