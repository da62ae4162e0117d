import type { WholeBookingFragment } from '../../client/generated.js';
import { exactClock, moment } from '../look/format.js';
import { storyOf } from './story.js';
import { WRITING } from './writing.js';

interface WhatHappenedProps {
  readonly booking: WholeBookingFragment;
  readonly reader: string | undefined;
}

/** The booking's story, oldest first. Its first line names the day; the others do if it is another one. */
export function WhatHappened({ booking, reader }: WhatHappenedProps) {
  const lines = storyOf(booking, WRITING, reader);
  const dayOf = (iso: string | undefined) => iso && new Date(iso).toDateString();
  return (
    <ol class="events">
      {lines.map(({ at, text, tone, quote }, index) => (
        <li key={index} class={tone}>
          <time dateTime={at}>{dayOf(at) === dayOf(lines[index - 1]?.at) ? exactClock(at) : moment(at)}</time>
          <span class="what">
            {text}
            {quote !== undefined && (
              <>
                {' '}
                “<bdi>{quote}</bdi>”
              </>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}
