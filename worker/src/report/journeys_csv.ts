/** Journeys as a touch log in CSV: a person is a running number, an order only a hash. */
import { formatMicros } from '../schema/money.ts';
import type { PlainJourney } from '../shard/plain_journey.ts';
import { eventsOf, type JourneyEvent, type JourneyFile } from './journey_events.ts';

export const COLUMNS = [
  'visitor',
  'time',
  'channel',
  'source',
  'medium',
  'campaign',
  'interaction',
  'conversion',
  'value',
  'order_id',
  'action',
];

/** What a touch row has instead of conversion, value, order and action. */
const NO_CONVERSION = ['', '', '', ''];
/** What a conversion row has instead of a source. */
const NO_SOURCE = ['', '', '', ''];

export function csvFile(isLead: (action: string) => boolean): JourneyFile {
  const encoder = new TextEncoder();
  let visitor = 0;
  const rowsOf = (journey: PlainJourney): string => {
    const name = String(++visitor);
    return eventsOf(journey)
      .map((event) => [name, new Date(event.at).toISOString(), ...cellsOf(event, isLead)])
      .map((cells) => `${cells.map(csvCell).join()}\n`)
      .join('');
  };
  return {
    contentType: 'text/csv; charset=utf-8; header=present',
    extension: 'csv',
    begin: () => encoder.encode(`${COLUMNS.join()}\n`),
    add: (journeys) => encoder.encode(journeys.map(rowsOf).join('')),
    end: () => new Uint8Array(),
  };
}

function cellsOf(event: JourneyEvent, isLead: (action: string) => boolean): string[] {
  if ('touch' in event) {
    const { channel, source, medium, campaign, interaction } = event.touch;
    return [channel, source, medium, campaign, interaction, ...NO_CONVERSION];
  }
  const { action, value, order } = event;
  const kind = isLead(action) ? 'lead' : '';
  return [...NO_SOURCE, kind, '1', formatMicros(value), order, action];
}

/** Quoted where needed; a cell that a spreadsheet would take for a formula gets an apostrophe. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
