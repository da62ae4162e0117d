import type { LegKind } from '../client/generated.js';
import { Field } from './field.js';
import type { Offer } from './use-offers.js';
import { legTitle } from './words.js';

interface OfferFieldProps {
  readonly kind: LegKind;
  readonly name: string;
  readonly value: string;
  readonly offers: readonly Offer[];
  readonly onValue: (value: string) => void;
  readonly problem: string | undefined;
}

/** An offer of the catalogue, or any id. Choosing an offer fills in its id. */
export function OfferField({ kind, name, value, offers, onValue, problem }: OfferFieldProps) {
  const title = legTitle(kind);
  const chosen = offers.some(({ id }) => id === value) ? value : '';
  return (
    <fieldset class="leg-choice">
      <legend>{title}</legend>
      <div class="field">
        <label for={`offer-${name}`}>{title} offers</label>
        <select
          id={`offer-${name}`}
          value={chosen}
          onChange={({ currentTarget }) => currentTarget.value && onValue(currentTarget.value)}
        >
          <option value="">{offers.length ? 'Enter an id below' : 'No offers available'}</option>
          {offers.map((offer) => (
            <option key={offer.id} value={offer.id}>
              {offerLabel(offer)}
            </option>
          ))}
        </select>
      </div>
      <Field
        name={name}
        label={`${title} id`}
        value={value}
        onValue={onValue}
        problem={problem}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
      />
    </fieldset>
  );
}

const offerLabel = ({ place, title, from, to, price, available }: Offer) =>
  `${place}, ${from} to ${to}: ${title}, ${price.amount} ${price.currency} (${available === 0 ? 'sold out' : `${available} left`})`;
