/**
 * Stands in for Cloudflare Queues where the worker runs on workerd alone: takes messages from the queue
 * binding and brings them to the worker's queue() handler, at least once. They are in memory only, so a
 * message that is on its way when the process ends is lost, which the platform's are not.
 */
import { DurableObject } from 'cloudflare:workers';

const BATCH = 20;
const GATHER_MS = 100;
const MOST_ATTEMPTS = 11;
const RETRY_S = 1;

export class Broker extends DurableObject {
  #messages = [];
  #waiting = false;

  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname !== '/batch') return new Response('only batches of JSON', { status: 501 });
    const { messages } = await request.json();
    for (const { body, contentType } of messages) {
      if (contentType !== 'json') return new Response('only JSON', { status: 415 });
      const bytes = Uint8Array.from(atob(body), (sign) => sign.charCodeAt(0));
      this.#put({
        id: crypto.randomUUID(),
        timestamp: new Date(),
        body: JSON.parse(new TextDecoder().decode(bytes)),
        attempts: 1,
      });
    }
    return Response.json({});
  }

  #put(message) {
    this.#messages.push(message);
    if (this.#waiting) return;
    this.#waiting = true;
    setTimeout(() => {
      this.#waiting = false;
      void this.#flush();
    }, GATHER_MS);
  }

  async #flush() {
    while (this.#messages.length > 0) {
      const batch = this.#messages.splice(0, BATCH);
      let answer;
      try {
        answer = await this.env.CONSUMER.queue('deliveries', batch);
      } catch {
        answer = { outcome: 'exception' };
      }
      const all = answer.outcome !== 'ok' || answer.retryBatch?.retry;
      const again = new Map(answer.retryMessages?.map((each) => [each.msgId, each.delaySeconds]));
      for (const message of batch) {
        if (!all && !again.has(message.id)) continue;
        if (message.attempts >= MOST_ATTEMPTS) continue;
        const wait = again.get(message.id) ?? answer.retryBatch?.delaySeconds ?? RETRY_S;
        setTimeout(() => this.#put({ ...message, attempts: message.attempts + 1 }), wait * 1000);
      }
    }
  }
}

export default {
  fetch: (request, env) => env.BROKER.get(env.BROKER.idFromName('deliveries')).fetch(request),
};
