import * as combobox from '@zag-js/combobox';
import { normalizeProps, useMachine } from '@zag-js/preact';
import { useId } from 'preact/hooks';
import { asInput } from './zag.js';

interface ComboboxProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly suggestions: readonly string[];
  /** Called while the visitor types. */
  readonly onValue: (value: string) => void;
  /** Called when the visitor takes one of the suggestions. */
  readonly onTake: (value: string) => void;
}

/** A field that suggests what can be typed. */
export function Combobox({ name, label, value, suggestions, onValue, onTake }: ComboboxProps) {
  const service = useMachine(combobox.machine, {
    id: useId(),
    collection: combobox.collection({ items: [...suggestions] }),
    inputValue: value,
    allowCustomValue: true,
    openOnClick: true,
    onInputValueChange: ({ inputValue, reason }) => reason === 'input-change' && onValue(inputValue),
    onValueChange: ({ value: [taken] }) => taken !== undefined && onTake(taken),
  });
  const api = combobox.connect(service, normalizeProps);
  return (
    <div {...api.getRootProps()} class="field combobox">
      <label {...api.getLabelProps()}>{label}</label>
      <div {...api.getControlProps()}>
        <input {...asInput(api.getInputProps())} name={name} maxLength={200} spellcheck={false} />
      </div>
      <div {...api.getPositionerProps()}>
        {api.open && suggestions.length > 0 && (
          <ul {...api.getContentProps()} class="suggestions">
            {suggestions.map((item) => (
              <li key={item} {...api.getItemProps({ item })}>
                <bdi>{item}</bdi>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
