/** The river's journeys as text. */
import type { DatasetJourney } from '../../wasm/binding/types.ts';
import { formatMicros, formatShare } from '../format.ts';
import { layOut, whenText } from './timeline.ts';

interface Props {
  journeys: DatasetJourney[];
  model: string;
  channels: string[];
}

export const RiverTable = ({ journeys, model, channels }: Props) => {
  const { rows } = layOut(journeys, model, 1);
  return (
    <table class="twin">
      <caption class="visually-hidden">Journeys with the credit of each touch</caption>
      <thead>
        <tr>
          <th scope="col">Journey</th>
          <th scope="col">Touches and their part of the credit</th>
          <th scope="col" class="figure">
            Value
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ touches, value }, i) => (
          <tr key={i}>
            <th scope="row">{i + 1}</th>
            <td>
              {touches.map((touch, j) => (
                <span class="twin-touch" key={j}>
                  {channels[touch.channel]} {formatShare(touch.share / 1e6)}{' '}
                  <small>{whenText(touch, j, touches.length)}</small>
                </span>
              ))}
            </td>
            <td class="figure">{formatMicros(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};
