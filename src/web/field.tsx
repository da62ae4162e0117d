import type { PartialInputHTMLAttributes } from 'preact';

type Passed = 'inputMode' | 'maxLength' | 'autocomplete' | 'autocapitalize' | 'spellcheck';

interface FieldProps extends Pick<PartialInputHTMLAttributes<HTMLInputElement>, Passed> {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly problem?: string | undefined;
}

/** A labelled input. Its error message is next to it, and screen readers read both together. */
export function Field({ name, label, value, onValue, problem, ...more }: FieldProps) {
  return (
    <div class="field">
      <label for={`field-${name}`}>{label}</label>
      <input
        {...more}
        id={`field-${name}`}
        name={name}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : `problem-${name}`}
      />
      {problem !== undefined && (
        <p class="problem" id={`problem-${name}`}>
          {problem}
        </p>
      )}
    </div>
  );
}
