import type { KnownOffer, OfferCatalogue } from '../../database/offer-catalogue.js';
import type { Choice, LegKind, OrderedLeg } from '../../model/legs.js';
import { isSandboxId } from '../../model/suppliers.js';
import type { Checked } from '../shared/checks.js';
import { InvalidInputError, OfferPastError } from '../shared/user-errors.js';
import type { FieldOf, RequestedLeg } from './requested-trip.js';

/** An offer with its supplier, and with what our own stock knows of it if it would be reserved there. */
export interface ChosenOffer extends Choice {
  readonly offer?: KnownOffer | undefined;
}

export interface ChosenLeg extends Omit<OrderedLeg, 'choices'> {
  readonly choices: readonly ChosenOffer[];
}

/**
 * Chooses a supplier for each offer of a trip. The order names them, so the choice is made only once (law 10). An offer of
 * our own stock that has begun is an error, and so is a quantity that it can never have; whether it is left is decided when
 * the leg is reserved.
 * @param fieldOf names the argument that an error is about
 * @throws DatabaseUnavailable
 */
export type ChooseSuppliers = (
  legs: readonly RequestedLeg[],
  fieldOf: FieldOf,
) => Promise<Checked<readonly ChosenLeg[], InvalidInputError | OfferPastError>>;

export interface SupplierChoice {
  /** The supplier that serves the legs of a kind. */
  readonly suppliers: { readonly [Kind in LegKind]: string };
  /** Whether sandbox ids go to the sandbox, whichever supplier serves the leg. */
  readonly sandboxIds: boolean;
}

/** An id that exists in our own stock is never treated as a sandbox id. */
export function createChooseSuppliers(
  { suppliers, sandboxIds }: SupplierChoice,
  catalogue: Pick<OfferCatalogue, 'offersOf'>,
): ChooseSuppliers {
  const mayBeSandboxed = (offerId: string) => sandboxIds && isSandboxId(offerId);
  const needsStock = ({ kind }: RequestedLeg, offerId: string) =>
    mayBeSandboxed(offerId) || suppliers[kind] === 'inventory';

  return async (legs, fieldOf) => {
    const asked = legs.flatMap((leg) => leg.offerIds.filter((offerId) => needsStock(leg, offerId)));
    const stock = asked.length > 0 ? await catalogue.offersOf(asked) : new Map<string, KnownOffer>();

    const choose = (kind: LegKind, offerId: string): ChosenOffer => {
      const offer = stock.get(offerId);
      const supplier = mayBeSandboxed(offerId) && !offer ? 'sandbox' : suppliers[kind];
      return supplier === 'inventory' && offer?.kind === kind
        ? { offerId, supplier, offer }
        : { offerId, supplier };
    };
    const chosen = legs.map(({ offerIds, ...leg }): ChosenLeg => ({
      ...leg,
      choices: offerIds.map((offerId) => choose(leg.kind, offerId)),
    }));
    const errors = chosen.flatMap((leg, index) => [
      ...pastOffers(leg, (choice) => fieldOf(index, choice)),
      ...quantityProblem(leg, ['input', 'legs', String(index), 'quantity']),
    ]);
    return errors.length > 0 ? { ok: false, errors } : { ok: true, value: chosen };
  };
}

function pastOffers(
  { choices }: ChosenLeg,
  fieldOf: (choice: number) => readonly string[],
): OfferPastError[] {
  return choices.flatMap(({ offer }, choice) =>
    offer?.past ? [new OfferPastError(offer, fieldOf(choice))] : [],
  );
}

/** A single unit is never a problem here: its booking fails, and says that the offer is sold out. */
function quantityProblem({ quantity, choices }: ChosenLeg, field: readonly string[]): InvalidInputError[] {
  if (quantity === 1) return [];
  const short = choices.flatMap(({ offer }) =>
    offer && offer.capacity < quantity ? [`${offer.id} has ${offer.capacity}`] : [],
  );
  if (short.length === 0) return [];
  const message = `The quantity must not exceed the capacity of any offer: ${short.join(', ')}.`;
  return [new InvalidInputError(message, field)];
}
