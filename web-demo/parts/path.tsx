/** Channels in the order in which they were met. */
import type { ChannelLook } from '../channels.ts';
import { KeyMark } from '../charts/mark.tsx';

interface Props {
  /** Indices into names and looks. */
  path: number[];
  names: string[];
  looks: ChannelLook[];
}

/** More would not be read; the rest is told by number. */
const SHOWN = 12;

export const Path = ({ path, names, looks }: Props) => (
  <ol class="path">
    {path.slice(0, SHOWN).map((channel, i) => (
      <li key={i}>
        {looks[channel] && <KeyMark look={looks[channel]} />}
        {names[channel]}
      </li>
    ))}
    {path.length > SHOWN && <li class="note">and {path.length - SHOWN} more</li>}
  </ol>
);
