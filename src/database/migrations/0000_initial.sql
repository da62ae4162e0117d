CREATE TABLE "bookings" (
	"id" text PRIMARY KEY NOT NULL,
	"reference" text NOT NULL,
	"booking_order" jsonb NOT NULL,
	"accepted_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"call_off" jsonb,
	"run_id" text,
	"version" integer DEFAULT 0 NOT NULL,
	"status" text DEFAULT 'PENDING' NOT NULL,
	"undoing" boolean DEFAULT false NOT NULL,
	"facts" jsonb,
	"recorded_at" timestamp (3) with time zone,
	"shown_status" text GENERATED ALWAYS AS (case when call_off is not null and (status in ('PENDING', 'BOOKING', 'CONFIRMED', 'ROLLING_BACK')
          or status = 'NEEDS_ATTENTION' and not undoing) then 'ROLLING_BACK' else status end) STORED NOT NULL,
	"done" boolean GENERATED ALWAYS AS (status = 'CANCELLED' or status = 'CONFIRMED' and call_off is null) STORED NOT NULL,
	"owner" text GENERATED ALWAYS AS (booking_order #>> '{caller,subject}') STORED,
	"folded_name" text GENERATED ALWAYS AS (replace(upper(normalize(booking_order ->> 'name', NFKC) collate "und-x-icu"), 'İ', 'I') collate "default") STORED,
	"forgotten_at" timestamp with time zone,
	"check_at" timestamp with time zone DEFAULT now() + interval '5 s',
	CONSTRAINT "bookings_reference_unique" UNIQUE("reference"),
	CONSTRAINT "bookings_one_way_door" CHECK (not ("bookings"."undoing" and "bookings"."status" in ('PENDING', 'BOOKING', 'CONFIRMED')))
);
--> statement-breakpoint
CREATE TABLE "failed_attempts" (
	"booking_id" text NOT NULL,
	"leg_id" text NOT NULL,
	"count" integer NOT NULL,
	"latest" jsonb NOT NULL,
	CONSTRAINT "failed_attempts_booking_id_leg_id_pk" PRIMARY KEY("booking_id","leg_id")
);
--> statement-breakpoint
CREATE TABLE "offers" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"place" text NOT NULL,
	"starts_on" date NOT NULL,
	"ends_on" date NOT NULL,
	"time_zone" text NOT NULL,
	"price_minor" bigint NOT NULL,
	"currency" char(3) NOT NULL,
	"travellers_per_unit" integer DEFAULT 1 NOT NULL,
	"capacity" integer NOT NULL,
	"reserved" integer DEFAULT 0 NOT NULL,
	"folded_place" text GENERATED ALWAYS AS (replace(upper(normalize(place, NFKC) collate "und-x-icu"), 'İ', 'I') collate "default") STORED,
	CONSTRAINT "offers_not_oversold" CHECK ("offers"."reserved" between 0 and "offers"."capacity"),
	CONSTRAINT "offers_end_after_start" CHECK ("offers"."ends_on" >= "offers"."starts_on"),
	CONSTRAINT "offers_time_zone_known" CHECK ("offers"."time_zone" ~ '^(UTC|[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+)+)$' and timezone("offers"."time_zone", timestamptz 'epoch') is not null),
	CONSTRAINT "offers_price_countable" CHECK ("offers"."price_minor" between 0 and 100000000000),
	CONSTRAINT "offers_for_travellers" CHECK ("offers"."travellers_per_unit" > 0)
);
--> statement-breakpoint
CREATE TABLE "quote_key" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"key" text NOT NULL,
	CONSTRAINT "quote_key_only_one" CHECK ("quote_key"."only")
);
--> statement-breakpoint
CREATE TABLE "reservations" (
	"key" text PRIMARY KEY NOT NULL,
	"offer_id" text,
	"quantity" integer DEFAULT 1 NOT NULL,
	"locator" text,
	"title" text,
	"place" text,
	"starts_on" date,
	"ends_on" date,
	"price_minor" bigint,
	"currency" char(3),
	"held_since" timestamp (3) with time zone,
	"released_at" timestamp (3) with time zone,
	CONSTRAINT "reservations_locator_unique" UNIQUE("locator"),
	CONSTRAINT "reservations_some_units" CHECK ("reservations"."quantity" > 0)
);
--> statement-breakpoint
ALTER TABLE "reservations" ADD CONSTRAINT "reservations_offer_id_offers_id_fk" FOREIGN KEY ("offer_id") REFERENCES "public"."offers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "bookings_newest" ON "bookings" USING btree ("accepted_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "bookings_by_status" ON "bookings" USING btree ("shown_status","accepted_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "bookings_by_owner" ON "bookings" USING btree ("owner","accepted_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "bookings_by_name" ON "bookings" USING gin ("folded_name" gin_trgm_ops) WITH (fastupdate=false);--> statement-breakpoint
CREATE INDEX "bookings_to_forget" ON "bookings" USING btree ("recorded_at") WHERE "bookings"."done" and "bookings"."forgotten_at" is null;--> statement-breakpoint
CREATE INDEX "bookings_due" ON "bookings" USING btree ("check_at") WHERE "bookings"."check_at" is not null;--> statement-breakpoint
CREATE INDEX "offers_by_kind" ON "offers" USING btree ("kind","starts_on","id");--> statement-breakpoint
CREATE INDEX "offers_by_price" ON "offers" USING btree ("kind","currency","price_minor","starts_on","id");--> statement-breakpoint
CREATE INDEX "offers_by_stay" ON "offers" USING btree ("folded_place","kind","starts_on");--> statement-breakpoint
CREATE INDEX "offers_by_place" ON "offers" USING gin ("folded_place" gin_trgm_ops) WITH (fastupdate=false);