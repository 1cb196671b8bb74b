/** Which model splits the credit, and the sliders of the models that have some. */
import { models, modelText } from '../models.ts';
import { halfLifeStops } from '../settings.ts';
import { choose, dragging, model, settings, usableModels } from '../state.ts';
import { Slider } from './slider.tsx';

export const Parameters = () => {
  const { halfLifeMs, weights } = settings.value;
  if (model.value === 'time_decay') {
    const nearest = halfLifeStops.reduce((best, stop) =>
      Math.abs(stop - halfLifeMs) < Math.abs(best - halfLifeMs) ? stop : best,
    );
    return (
      <div class="parameters">
        <Slider
          label="Half-life"
          min={0}
          max={halfLifeStops.length - 1}
          value={halfLifeStops.indexOf(nearest)}
          text={durationWords(nearest)}
          onChange={(stop) => choose({ halfLifeMs: halfLifeStops[stop]! })}
        />
      </div>
    );
  }
  if (model.value !== 'position') return null;
  const [first, middle, last] = weights;
  const sum = first + middle + last;
  const parts = [
    ['First', first],
    ['Middle', middle],
    ['Last', last],
  ] as const;
  return (
    <div class="parameters">
      {parts.map(([label, weight], i) => (
        <Slider
          key={label}
          label={label}
          min={0}
          max={100}
          value={weight}
          text={`${Math.round((weight / sum) * 100)} %`}
          onChange={(next) => {
            const changed = weights.with(i, next) as typeof weights;
            // All at zero would say nothing about how to split.
            if (changed.some((each) => each > 0)) choose({ weights: changed });
          }}
        />
      ))}
    </div>
  );
};

const durationWords = (ms: number): string => {
  const hours = Math.round(ms / 3_600_000);
  if (hours < 24) return hours === 1 ? '1 hour' : `${hours} hours`;
  return hours === 24 ? '1 day' : `${hours / 24} days`;
};

export const ModelSwitch = () => {
  const usable = new Set(usableModels.value.map(({ id }) => id));
  return (
    <section class="model-switch">
      <fieldset>
        <legend>Split the credit by</legend>
        <div class="pills">
          {models.map(({ id, name }, i) => (
            <label key={id} class="pill" title={usable.has(id) ? undefined : timesMissing}>
              <input
                type="radio"
                name="model"
                value={id}
                checked={model.value === id}
                disabled={!usable.has(id)}
                aria-keyshortcuts={String(i + 1)}
                onChange={() => choose({ model: id })}
              />
              <span>
                <kbd>{i + 1}</kbd>
                {name}
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <div class="model-rule">
        <p>
          {modelText(model.value).rule}
          {usable.size < models.length && <span class="note"> {timesMissing}</span>}
        </p>
        <Parameters />
      </div>
    </section>
  );
};

const timesMissing = 'Time decay needs times, and this file has only the order of the touches.';

/** Keys 1 … 9 choose a model wherever no text is being typed. */
export const onModelKey = (event: KeyboardEvent): void => {
  if (event.ctrlKey || event.metaKey || event.altKey || !/^[1-9]$/.test(event.key)) return;
  if (event.target instanceof HTMLInputElement && !/radio|range/.test(event.target.type)) return;
  const chosen = models[Number(event.key) - 1];
  if (!chosen || !usableModels.peek().some(({ id }) => id === chosen.id)) return;
  event.preventDefault();
  dragging.value = false;
  choose({ model: chosen.id });
};
