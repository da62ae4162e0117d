import type { z } from 'zod';

interface Compared {
  readonly id?: string | undefined;
  readonly offerId: string;
  readonly alternatives: readonly string[];
  readonly required: boolean;
  readonly stage?: number | undefined;
}

/** All errors are reported at once, so these checks also run if a field is invalid. They only compare fields. */
export const EVEN_IF_INVALID = { when: () => true };

type Report = Pick<z.RefinementCtx, 'addIssue'>;

/** The offers of one leg differ. */
export function distinctOffers({ offerId, alternatives }: Compared, report: Report): void {
  alternatives.forEach((alternative, index) => {
    const message =
      alternative === offerId
        ? "An alternative must differ from the leg's offer."
        : alternatives.indexOf(alternative) < index
          ? 'Each alternative must be given only once.'
          : undefined;
    if (message !== undefined) report.addIssue({ code: 'custom', path: ['alternatives', index], message });
  });
}

/** What holds for the legs of a trip together. */
export function acrossLegs(legs: readonly Compared[], report: Report): void {
  const refuse = (path: (number | string)[], message: string) =>
    report.addIssue({ code: 'custom', path, message });
  const ids = legs.map(({ id }) => id);
  const inStages = legs.some(({ stage }) => stage !== undefined);

  legs.forEach(({ id, stage }, index) => {
    if (id !== undefined && ids.indexOf(id) < index) refuse([index, 'id'], `There is already a leg ${id}.`);
    if (inStages && stage === undefined)
      refuse([index, 'stage'], 'Either every leg must have a stage, or none.');
  });
  if (!legs.some(({ required }) => required)) refuse([], 'At least one leg must be required.');
}
