import type { ComponentChildren } from 'preact';
import type { BookingStatus } from '../../client/generated.js';
import { STATUS_LABELS } from '../look/words.js';
import { addressOf, navigate } from '../router.js';

export const STATUSES = Object.keys(STATUS_LABELS) as BookingStatus[];

interface SearchFormProps {
  readonly path: string;
  readonly query: URLSearchParams;
  /** The fields; the names of their inputs are those of the address. */
  readonly children: ComponentChildren;
}

/** A search whose terms live in the address: so it can be shared, reloaded, and undone with Back. */
export const SearchForm = ({ path, query, children }: SearchFormProps) => (
  // A new form for each address, because an input keeps what was typed into it.
  <form
    key={query.toString()}
    class="filter"
    role="search"
    onSubmit={(event) => {
      event.preventDefault();
      const typed = [...new FormData(event.currentTarget)] as [string, string][];
      navigate(addressOf(path, Object.fromEntries(typed.map(([name, text]) => [name, text.trim()]))));
    }}
  >
    {children}
    <button type="submit">Search</button>
  </form>
);

interface SearchFieldProps {
  readonly name: string;
  readonly label: string;
  readonly query: URLSearchParams;
  readonly date?: boolean;
}

export function SearchField({ name, label, query, date = false }: SearchFieldProps) {
  const input = { id: `search-${name}`, name, defaultValue: query.get(name) ?? '' };
  return (
    <div class="field">
      <label for={input.id}>{label}</label>
      {date ? (
        <input {...input} type="date" />
      ) : (
        <input {...input} type="search" maxLength={200} autocomplete="off" spellcheck={false} />
      )}
    </div>
  );
}

/** Takes effect at once. */
export const StatusField = ({ query }: { query: URLSearchParams }) => (
  <div class="field">
    <label for="search-status">Status</label>
    <select
      id="search-status"
      name="status"
      onChange={({ currentTarget }) => currentTarget.form?.requestSubmit()}
    >
      <option value="">All</option>
      {STATUSES.map((each) => (
        <option key={each} value={each} selected={query.get('status') === each}>
          {STATUS_LABELS[each]}
        </option>
      ))}
    </select>
  </div>
);
