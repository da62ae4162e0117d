-- Whoever follows a booking hears of every change of its journal. A notification leaves with the transaction that made the
-- change, and once, however many rows of one booking it wrote. It carries the id alone: what has changed is to be read.
CREATE FUNCTION "notify_booking_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'bookings' THEN
    PERFORM pg_notify('booking_changed', NEW."id");
  ELSE
    PERFORM pg_notify('booking_changed', NEW."booking_id");
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "bookings_notify" AFTER INSERT OR UPDATE ON "bookings" FOR EACH ROW EXECUTE FUNCTION "notify_booking_changed"();
--> statement-breakpoint
CREATE TRIGGER "attempt_events_notify" AFTER INSERT ON "attempt_events" FOR EACH ROW EXECUTE FUNCTION "notify_booking_changed"();
