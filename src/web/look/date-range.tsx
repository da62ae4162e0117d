import * as picker from '@zag-js/date-picker';
import { normalizeProps, useMachine } from '@zag-js/preact';
import { useId } from 'preact/hooks';
import { LOCALE } from './format.js';
import { asInput } from './zag.js';

/** Days as `2027-05-03`; empty if open. */
interface DateRangeProps {
  readonly from: string;
  readonly to: string;
  readonly onRange: (from: string, to: string) => void;
}

const LABELS = ['From', 'Until'] as const;

/** A first and a last day: typed, or chosen in a calendar. */
export function DateRange({ from, to, onRange }: DateRangeProps) {
  const service = useMachine(picker.machine, {
    id: useId(),
    locale: LOCALE,
    timeZone: 'UTC',
    selectionMode: 'range',
    value: [from, to].filter(Boolean).map((day) => picker.parse(day)),
    onValueChange: ({ value: [first, last] }) => onRange(first?.toString() ?? '', last?.toString() ?? ''),
  });
  const api = picker.connect(service, normalizeProps);
  return (
    <div {...api.getRootProps()} class="date-range">
      {LABELS.map((label, index) => (
        <div key={label} class="field">
          <label {...api.getLabelProps({ index })}>{label}</label>
          <input {...asInput(api.getInputProps({ index }))} />
        </div>
      ))}
      <div {...api.getControlProps()} class="calendar-button">
        <button {...api.getTriggerProps()}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M4 6h16v14H4zM4 10h16M8 3v4M16 3v4" />
          </svg>
          <span>Calendar</span>
        </button>
      </div>
      <div {...api.getPositionerProps()} class="calendar-place">
        {api.open && (
          <div {...api.getContentProps()} class="calendar">
            <div {...api.getViewControlProps({ view: 'year' })} class="calendar-head">
              <button {...api.getPrevTriggerProps()}>
                <span aria-hidden="true">←</span>
              </button>
              <strong aria-live="polite">{api.visibleRangeText.start}</strong>
              <button {...api.getNextTriggerProps()}>
                <span aria-hidden="true">→</span>
              </button>
            </div>
            <table {...api.getTableProps({ view: 'day' })}>
              <thead {...api.getTableHeaderProps({ view: 'day' })}>
                <tr {...api.getTableRowProps({ view: 'day' })}>
                  {api.weekDays.map((day) => (
                    <th key={day.long} scope="col" aria-label={day.long}>
                      {day.narrow}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody {...api.getTableBodyProps({ view: 'day' })}>
                {api.weeks.map((week) => (
                  <tr key={String(week[0])} {...api.getTableRowProps({ view: 'day' })}>
                    {week.map((value) => (
                      <td key={String(value)} {...api.getDayTableCellProps({ value })}>
                        <div {...api.getDayTableCellTriggerProps({ value })}>{value.day}</div>
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </div>
    </div>
  );
}
