/** A place of our own stock, for which something can be booked. */
export interface Place {
  readonly name: string;
  /** First and last day of what can be booked, ISO 8601. */
  readonly from: string;
  readonly to: string;
}
