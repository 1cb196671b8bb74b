/** The platforms behind one HTTP server on loopback: `http://127.0.0.1:PORT/<type>` is an endpoint. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Incoming, type Outgoing, platformAnswer } from './platforms.ts';

/** What goes wrong with one request; `late`: taken, but nothing is answered and the connection is cut. */
export type Fault = 'late' | 'cut' | 'hang' | Outgoing;

export interface Capture extends Incoming {
  type: string;
  at: number;
  status: number;
  answer: string;
}

export interface Mock extends AsyncDisposable {
  endpoint: (type: string) => string;
  /** Everything that came, refused or not. */
  requests: Capture[];
  /** By type and dedup key: how often it was taken. */
  taken: Map<string, Map<string, { times: number; kind: string; at: number; event: unknown }>>;
  /** Asked before each request is looked at; undefined: all is well. */
  fault: (type: string, request: Incoming) => Fault | undefined;
}

export async function startMock(): Promise<Mock> {
  const mock = {
    requests: [] as Capture[],
    taken: new Map() as Mock['taken'],
    fault: (() => undefined) as Mock['fault'],
  };
  const held = new Set<ServerResponse>();
  const server = createServer((message, response) => {
    read(message).then((body) => {
      const url = new URL(message.url ?? '/', 'http://mock');
      const [, type = '', ...rest] = url.pathname.split('/');
      const request: Incoming = {
        path: `/${rest.join('/')}`,
        query: url.searchParams,
        headers: message.headers as Record<string, string>,
        body,
      };
      const fault = mock.fault(type, request);
      const capture = { ...request, type, at: Date.now(), status: 0, answer: '' };
      mock.requests.push(capture);
      if (fault === 'cut') {
        message.socket.destroy();
        return;
      }
      if (fault === 'hang') {
        held.add(response);
        return;
      }
      const good = fault === undefined || fault === 'late';
      const answer = good ? platformAnswer(type, request, Date.now()) : fault;
      if (good) {
        const taken = mock.taken.get(type) ?? new Map();
        mock.taken.set(type, taken);
        for (const { key, kind, event } of (answer as ReturnType<typeof platformAnswer>).taken) {
          const before = taken.get(key);
          if (before) before.times++;
          else taken.set(key, { times: 1, kind, at: Date.now(), event });
        }
      }
      if (fault === 'late') {
        message.socket.destroy();
        return;
      }
      capture.status = answer.status;
      capture.answer = answer.body === null ? '' : JSON.stringify(answer.body);
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(capture.answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(mock, {
    endpoint: (type: string) => `http://127.0.0.1:${port}/${type}`,
    async [Symbol.asyncDispose]() {
      for (const response of held) response.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

async function read(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
