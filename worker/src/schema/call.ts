/** The body of a call that brings events; the check itself is collect/envelope.ts. */
import * as v from 'valibot';
import { eventSchema, MAX_EVENTS_PER_CALL } from './event.ts';

export const callSchema = v.object({
  site: v.string(),
  cookie: v.optional(
    v.pipe(v.boolean(), v.description('POST /e: know the browser by the visitor cookie')),
  ),
  sent_at: v.optional(
    v.pipe(
      v.union([v.number(), v.string()]),
      v.description(
        "the sender's clock when it sends, as occurred_at; a clock that is off is put right by it",
      ),
    ),
  ),
  events: v.pipe(v.array(eventSchema), v.minLength(1), v.maxLength(MAX_EVENTS_PER_CALL)),
});
