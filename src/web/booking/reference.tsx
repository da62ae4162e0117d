import { useEffect, useRef, useState } from 'preact/hooks';

const SHOWN_MS = 4000;

/** The booking's reference, which people read out or paste elsewhere, with a button that copies it. */
export function Reference({ reference }: { reference: string }) {
  const text = useRef<HTMLElement>(null);
  const [outcome, setOutcome] = useState<'copied' | 'selected'>();
  useEffect(() => {
    if (outcome === undefined) return;
    const timer = setTimeout(() => setOutcome(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(reference);
      setOutcome('copied');
    } catch {
      // Browsers have no clipboard for pages without https, and visitors may forbid it.
      if (text.current) getSelection()?.selectAllChildren(text.current);
      setOutcome('selected');
    }
  };
  return (
    <>
      <strong ref={text} class="reference">
        {reference}
      </strong>
      <button
        type="button"
        class="copy"
        aria-label={outcome === 'copied' ? 'Copied' : 'Copy the reference'}
        onClick={() => void copy()}
      >
        {outcome === 'copied' ? 'Copied' : 'Copy'}
      </button>
      <span role="status" class={outcome === 'selected' ? 'quiet' : 'hidden'}>
        {outcome === 'copied' && 'Reference copied'}
        {outcome === 'selected' && 'Selected: copy it with your keyboard or its menu.'}
      </span>
    </>
  );
}
