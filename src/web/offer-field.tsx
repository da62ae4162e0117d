import type { LegKind } from '../client/generated.js';
import { Field } from './field.js';
import type { Offer } from './use-offers.js';
import { legWords } from './words.js';

interface OfferFieldProps {
  readonly kind: LegKind;
  readonly name: string;
  readonly value: string;
  readonly offers: readonly Offer[];
  readonly onValue: (value: string) => void;
  readonly problem: string | undefined;
}

/** An offer of the catalogue, or any id: choosing one types its id. */
export function OfferField({ kind, name, value, offers, onValue, problem }: OfferFieldProps) {
  const words = legWords(kind);
  const chosen = offers.some(({ id }) => id === value) ? value : '';
  return (
    <fieldset class="leg-choice">
      <legend>{words}</legend>
      <div class="field">
        <label for={`offer-${name}`}>{words} from the offers</label>
        <select
          id={`offer-${name}`}
          value={chosen}
          onChange={({ currentTarget }) => currentTarget.value && onValue(currentTarget.value)}
        >
          <option value="">{offers.length ? 'By its id, below' : 'No offers to choose from'}</option>
          {offers.map((offer) => (
            <option key={offer.id} value={offer.id}>
              {inOneLine(offer)}
            </option>
          ))}
        </select>
      </div>
      <Field
        name={name}
        label={`${words} id`}
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

const inOneLine = ({ place, title, from, to, price, available }: Offer) =>
  `${place}, ${from} to ${to}: ${title}, ${price.amount} ${price.currency} (${available === 0 ? 'sold out' : `${available} left`})`;
