import { FORGOTTEN } from '../model/order.js';
import type { Queries } from './connection-pool.js';
import { orUnavailable } from './errors.js';

/**
 * Blanks travellers in the records: names, callers, request ids and every text that a person or a supplier wrote. Id,
 * status, times, legs and fingerprint stay, so that a key never books twice and a booking can still be called off.
 * Bookings under way are left alone. Every method throws `DatabaseUnavailable`.
 */
export interface Forgetting {
  /** Forgetting a booking again changes nothing. */
  forget(id: string): Promise<'forgotten' | 'unknown' | UnderWay>;
  /**
   * Forgets bookings that were done that long ago, the oldest first, except those that another process is forgetting.
   * @returns how many; fewer than `limit` if there are no more
   */
  forgetOlderThan(days: number, limit: number): Promise<number>;
}

/** A booking that isn't done can't be forgotten. */
export interface UnderWay {
  /** The status that readers see. */
  readonly status: string;
}

/** Only what is named here survives: a field that is added later is blanked until somebody decides otherwise. */
const BLANK = `
  booking_order = jsonb_build_object(
    'userId', bookings.id,
    'name', '${FORGOTTEN}',
    'legs', booking_order -> 'legs',
    'caller', '{"subject": "${FORGOTTEN}", "roles": []}'::jsonb,
    'requestId', '${FORGOTTEN}',
    'policy', booking_order -> 'policy',
    'fingerprint', booking_order -> 'fingerprint'
  ),
  call_off = case when call_off is not null
    then jsonb_build_object('by', '${FORGOTTEN}', 'at', call_off -> 'at') end,
  facts = case when facts is not null then jsonb_strip_nulls(jsonb_build_object(
    'legs', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', leg -> 'id', 'state', leg -> 'state', 'attempts', leg -> 'attempts', 'since', leg -> 'since',
        -- They say which reservations a release has to name.
        'tried', (
          select coalesce(jsonb_agg(jsonb_build_object(
            'code', one -> 'code', 'message', '${FORGOTTEN}', 'mayBeHeld', one -> 'mayBeHeld'
          ) order by nth), '[]')
          from jsonb_path_query(leg, '$.tried[*]') with ordinality as tried (one, nth)
        ),
        'failure', case when leg ? 'failure' then jsonb_build_object(
          'code', leg #> '{failure,code}', 'message', '${FORGOTTEN}'
        ) end
      ) order by place), '[]')
      from jsonb_path_query(facts, '$.legs[*]') with ordinality as legs (leg, place)
    ),
    'failure', case when facts ? 'failure' then jsonb_build_object(
      'code', facts #> '{failure,code}', 'legId', facts #> '{failure,legId}', 'message', '${FORGOTTEN}'
    ) end,
    'cancellation', case when facts ? 'cancellation' then jsonb_build_object(
      'by', '${FORGOTTEN}', 'at', facts #> '{cancellation,at}'
    ) end,
    'events', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'at', event -> 'at', 'legId', event -> 'legId', 'state', event -> 'state', 'attempt', event -> 'attempt'
      ) order by place), '[]')
      from jsonb_path_query(facts, '$.events[*]') with ordinality as events (event, place)
    ),
    'changes', facts -> 'changes',
    'decisions', facts -> 'decisions',
    'resumedAt', facts -> 'resumedAt'
  )) end,
  -- A run that is late has the old texts in memory. It owns the record no more, so it can write only after it has taken
  -- the record over, content included.
  run_id = '${FORGOTTEN}',
  version = version + 1,
  check_at = null,
  forgotten_at = now()`;

/**
 * The condition is checked again on the rows found, because a call-off may have preceded. They are found by a query of
 * their own, because a subquery with a limit may be run several times.
 */
const forgetThose = (found: string) => `
  with found as materialized (select id, shown_status, done from bookings where ${found}),
  blanked as (
    update bookings set ${BLANK}
    where id in (select id from found) and done and forgotten_at is null
    returning id
  ),
  attempts as (delete from failed_attempts where booking_id in (select id from found where done))`;

const FORGET = `${forgetThose('id = $1 for update')}
  select shown_status as status, done from found`;

const FORGET_OLDER = `${forgetThose(
  `done and forgotten_at is null and recorded_at < now() - $1 * interval '1 day'
    order by recorded_at limit $2 for update skip locked`,
)}
  select from blanked`;

export function createForgetting(pool: Queries): Forgetting {
  return {
    async forget(id) {
      const { rows } = await orUnavailable(() =>
        pool.query<{ readonly status: string; readonly done: boolean }>(FORGET, [id]),
      );
      const [found] = rows;
      if (!found) return 'unknown';
      return found.done ? 'forgotten' : { status: found.status };
    },
    async forgetOlderThan(days, limit) {
      const { rowCount } = await orUnavailable(() => pool.query(FORGET_OLDER, [days, limit]));
      return rowCount ?? 0;
    },
  };
}
