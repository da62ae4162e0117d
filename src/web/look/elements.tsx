import type { ComponentChildren, PartialInputHTMLAttributes } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { BookingStatus } from '../../client/generated.js';
import { STATUS_LABELS, toneOf } from './words.js';

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

/** `2 × Casa Alfama`; one unit is not counted. */
export const Units = ({ quantity, of }: { quantity: number; of: string }) => (
  <>
    {quantity > 1 && `${quantity} × `}
    <bdi>{of}</bdi>
  </>
);

export const StatusBadge = ({ status }: { status: BookingStatus }) => (
  <span class={`badge ${toneOf(status)}`}>{STATUS_LABELS[status]}</span>
);

let firstPage = true;

/** A page's heading. It takes the focus after a navigation, so that keyboard and screen reader users start there too. */
export function Heading({ title, children }: { title: string; children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Tripsaga`;
  }, [title]);
  // Once: a title that changes when its page has loaded must not take the focus from what the visitor is using.
  useEffect(() => {
    // On page load, the focus is at the start anyway.
    if (!firstPage) heading.current?.focus({ preventScroll: true });
    firstPage = false;
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
