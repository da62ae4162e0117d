import type { OrderedLeg } from '../../model/legs.js';
import type { RequestContext } from '../access/context.js';
import { checkInput, type Checked } from '../shared/checks.js';
import type { InvalidInputError, OfferPastError, PriceChangedError } from '../shared/user-errors.js';
import type { Book, BookOutcome } from './book.js';
import { bookVacationSchema, type BookVacationInput } from './booking.input.js';
import type { ChooseSuppliers } from './choose-suppliers.js';
import { atAnyPrice, atQuotedPrices } from './ordered-legs.js';
import type { QuoteError, Quotes } from './quotes.js';
import { fromTrip, fromVacation, type TripRequest } from './requested-trip.js';
import { bookTripSchema, type BookTripInput } from './trip.input.js';

type VacationError = InvalidInputError | OfferPastError;
type TripError = VacationError | QuoteError | PriceChangedError;

/** The mutations that book: each checks its own input, and both go the same way from there. They throw the errors of `Book`. */
export interface BookMutations {
  bookVacation(input: BookVacationInput, context: RequestContext): Promise<BookOutcome<VacationError>>;
  bookTrip(input: BookTripInput, context: RequestContext): Promise<BookOutcome<TripError>>;
}

export function createBookMutations(
  book: Book,
  chooseSuppliers: ChooseSuppliers,
  quotes: Pick<Quotes, 'open'>,
): BookMutations {
  async function orderAtAnyPrice({
    trip,
    fieldOf,
  }: TripRequest): Promise<Checked<OrderedLeg[], VacationError>> {
    const chosen = await chooseSuppliers(trip.legs, fieldOf);
    return chosen.ok ? { ok: true, value: atAnyPrice(chosen.value) } : chosen;
  }

  async function orderAtQuotedPrices(
    quoteId: string,
    { trip, fieldOf }: TripRequest,
  ): Promise<Checked<OrderedLeg[], TripError>> {
    const quoted = await quotes.open(quoteId, trip.legs);
    if (!quoted.ok) return quoted;
    const chosen = await chooseSuppliers(trip.legs, fieldOf);
    return chosen.ok ? atQuotedPrices(chosen.value, quoted.value, fieldOf) : chosen;
  }

  return {
    async bookVacation(input, context) {
      const checked = checkInput(bookVacationSchema, input);
      if (!checked.ok) return { replayed: false, userErrors: checked.errors };
      const request = fromVacation(checked.value);
      return book(request, () => orderAtAnyPrice(request), context);
    },
    async bookTrip(input, context) {
      const checked = checkInput(bookTripSchema, input);
      if (!checked.ok) return { replayed: false, userErrors: checked.errors };
      const request = fromTrip(checked.value);
      const { quoteId } = request.trip;
      const orderLegs = () =>
        quoteId === undefined ? orderAtAnyPrice(request) : orderAtQuotedPrices(quoteId, request);
      return book<TripError>(request, orderLegs, context);
    },
  };
}
