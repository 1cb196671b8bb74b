/** The touch log of `hw generate` as a worker's journeys: its CSV and its binary file. */
import type { Interaction, JourneyView } from '../../wasm/binding/types.ts';
import { binaryFile } from '../../worker/src/report/journeys_binary.ts';
import { csvFile } from '../../worker/src/report/journeys_csv.ts';

/** Rows come visitor by visitor: visitor, ms, channel, source, medium, campaign, interaction, conversion, value. */
function* views(log: string): Generator<JourneyView> {
  let who = '';
  let journey: JourneyView = { touches: [], conversions: [], keys: 0, dropped: 0 };
  let order = 0;
  for (const row of log.trimEnd().split('\n').slice(1)) {
    const [visitor = '', time, channel = '', source = '', medium = '', campaign = '', ...rest] =
      row.split(',');
    const [interaction, conversion, value] = rest;
    if (visitor !== who && who !== '') {
      yield journey;
      journey = { touches: [], conversions: [], keys: 0, dropped: 0 };
    }
    who = visitor;
    const at = Number(time);
    if (conversion === '1')
      journey.conversions.push({
        ...{ action: 'purchase', at, day: 0, value: Math.round(Number(value) * 1e6), event: '' },
        // Hashes do not compress, and no number of the file is near another.
        order: BigInt.asUintN(128, BigInt(++order) * 0x9e3779b97f4a7c15f39cc0605cedc835n)
          .toString(16)
          .padStart(32, '0'),
        ...{ path: [], credits: {}, refunds: [] },
      });
    else
      journey.touches.push({
        ...{ at, day: 0, id: '', counts: true, interaction: interaction as Interaction },
        ...{ channel, source, medium, campaign, term: '', content: '' },
      });
  }
  yield journey;
}

export const exported = (log: string): { csv: Buffer; binary: Buffer } => {
  const journeys = [...views(log)];
  const bytesOf = (file: ReturnType<typeof csvFile>): Buffer => {
    const parts = [file.begin()];
    for (let at = 0; at < journeys.length; at += 500)
      parts.push(file.add(journeys.slice(at, at + 500)));
    return Buffer.concat([...parts, file.end()]);
  };
  return { csv: bytesOf(csvFile(() => false)), binary: bytesOf(binaryFile(() => false)) };
};
