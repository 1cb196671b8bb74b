/** `POST /v1/deliveries/test`: a made-up purchase to one destination, with the platform's answer. */
import * as v from 'valibot';
import { readJson } from '../collect/body.ts';
import { siteOf } from '../context.ts';
import { type Delivery, NoTrialError } from '../destinations/destination.ts';
import { destinationOf } from '../destinations/registry.ts';
import type { DestinationConfig } from '../destinations/schemas.ts';
import { SecretError, Secrets } from '../destinations/secrets.ts';
import { hashUser } from '../identity/hashing.ts';
import { TIMEOUT_MS } from '../outbox/send.ts';
import { Problem } from '../problem.ts';
import { invalid } from '../report/query.ts';
import { json, type Route } from '../route.ts';
import { assertOpens } from './auth.ts';

const RULES = { maxBytes: 4096, types: ['application/json'] } as const;
const trialSchema = v.object({ site: v.string(), destination: v.string() });
const SHOWN = 4000;

export const trial: Route = {
  method: 'POST',
  path: '/v1/deliveries/test',
  doc: {
    summary:
      'Sends a made-up purchase to a destination as a trial, where the platform offers one, and shows its answer; needs the scope admin',
    key: true,
    body: trialSchema,
    answer: '{"destination", "verdict": "delivered"|"dead"|…, "reason", "status", "answer"}',
  },
  async handle({ context, request }) {
    const opened = await context.apiKeys.sites(request, 'admin');
    const input = v.safeParse(trialSchema, await readJson(request, RULES));
    if (!input.success) {
      throw new Problem('invalid_body', 'expected {"site", "destination"}');
    }
    const site = siteOf(context, input.output.site);
    assertOpens(opened, site);
    const config = site.destinations.find(({ name }) => name === input.output.destination);
    if (config === undefined) {
      const names = site.destinations.map(({ name }) => name).join(', ');
      throw invalid(
        'destination',
        `one of ${names || '(the site has none)'}`,
        input.output.destination,
      );
    }
    const secrets = new Secrets(context.env);
    try {
      return json(await tryOut(config, site.currency, secrets, Date.now()));
    } catch (error) {
      const known = error instanceof SecretError || error instanceof NoTrialError;
      const reason = secrets.redact(error instanceof Error ? error.message : String(error));
      const verdict = known ? 'halt' : 'retry';
      return json({ destination: config.name, verdict, reason, status: null, answer: null });
    }
  },
};

async function tryOut(config: DestinationConfig, currency: string, secrets: Secrets, now: number) {
  const destination = destinationOf(config);
  if (destination.trial === undefined) {
    throw new NoTrialError(`${config.type} offers no trial: its next conversion will tell`);
  }
  const delivery = await sample(config, currency, now);
  const refusal = destination.refusal(config, delivery);
  if (refusal !== undefined) throw new NoTrialError(refusal);
  const call = destination.trial(
    config,
    await destination.call(config, [delivery], { secrets, now }),
  );
  const response = await fetch(call.url, {
    method: 'POST',
    headers: call.headers,
    body: call.body,
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  const read = destination.read({ status: response.status, headers: response.headers, text }, [
    delivery,
  ]);
  const verdict = Array.isArray(read) ? read[0]! : read;
  return {
    destination: config.name,
    verdict: verdict.state,
    reason: 'reason' in verdict ? secrets.redact(verdict.reason) : null,
    status: response.status,
    answer: secrets.redact(text.slice(0, SHOWN)),
  };
}

/** A purchase of nobody: the address is of the range for documentation, the names are example.com's. */
async function sample(config: DestinationConfig, currency: string, now: number): Promise<Delivery> {
  const person = '00000000000000000000000000000000';
  const user = { email: 'trial@example.com', external_id: 'headwater-trial' };
  const key = `trial${now}`;
  return {
    kind: 'conversion',
    eventId: key,
    key,
    conversion: config.conversions[0] ?? 'purchase',
    name: 'purchase',
    at: now,
    orderId: key,
    value: 1_000_000,
    currency,
    url: 'https://example.com/trial',
    items: [{ id: 'trial', name: 'Trial', price: 1_000_000, quantity: 1 }],
    ids: {},
    user: await hashUser(user, destinationOf(config).variant),
    ip: '192.0.2.1',
    ua: 'Mozilla/5.0 (headwater trial)',
    personalization: true,
    person,
  };
}
