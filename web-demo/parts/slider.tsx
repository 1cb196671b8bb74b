/** A native range input with its name and value; while it is dragged the picture follows at once. */
import { useId } from 'preact/hooks';
import { dragging } from '../state.ts';

interface Props {
  label: string;
  min: number;
  max: number;
  value: number;
  /** The value in words, also for screen readers. */
  text: string;
  onChange: (value: number) => void;
}

export const Slider = ({ label, min, max, value, text, onChange }: Props) => {
  const id = useId();
  return (
    <div class="slider">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={1}
        value={value}
        aria-valuetext={text}
        style={{ '--filled': `${((value - min) / (max - min)) * 100}%` }}
        onInput={(event) => {
          dragging.value = true;
          onChange(event.currentTarget.valueAsNumber);
        }}
        onChange={(event) => {
          // Released: this value becomes an entry of the history.
          dragging.value = false;
          onChange(event.currentTarget.valueAsNumber);
        }}
      />
      <output for={id}>{text}</output>
    </div>
  );
};
