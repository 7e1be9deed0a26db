CREATE TABLE "charged_periods" (
	"organisation_id" uuid NOT NULL,
	"subscription_id" uuid NOT NULL,
	"component" text NOT NULL,
	"period" daterange NOT NULL,
	"invoice_id" uuid NOT NULL,
	"line_position" integer NOT NULL,
	CONSTRAINT "charged_periods_organisation_id_subscription_id_component_period_pk" PRIMARY KEY("organisation_id","subscription_id","component","period")
);
--> statement-breakpoint
CREATE TABLE "invoice_line_taxes" (
	"organisation_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"line_position" integer NOT NULL,
	"position" integer NOT NULL,
	"code" text NOT NULL,
	"title" text NOT NULL,
	"rate_bp" integer NOT NULL,
	"base_minor" bigint NOT NULL,
	"amount_minor" bigint NOT NULL,
	"certificate" text,
	CONSTRAINT "invoice_line_taxes_organisation_id_invoice_id_line_position_position_pk" PRIMARY KEY("organisation_id","invoice_id","line_position","position"),
	CONSTRAINT "invoice_line_taxes_organisation_id_invoice_id_line_position_code_unique" UNIQUE("organisation_id","invoice_id","line_position","code"),
	CONSTRAINT "invoice_line_taxes_rate" CHECK ("invoice_line_taxes"."rate_bp" >= 0),
	CONSTRAINT "invoice_line_taxes_exempt" CHECK ("invoice_line_taxes"."certificate" is null or ("invoice_line_taxes"."rate_bp" = 0 and "invoice_line_taxes"."amount_minor" = 0))
);
--> statement-breakpoint
CREATE TABLE "invoice_lines" (
	"organisation_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"description" jsonb NOT NULL,
	"component" text,
	"category" text NOT NULL,
	"tax_class" text NOT NULL,
	"pricing" text NOT NULL,
	"tax_point" date NOT NULL,
	"net_minor" bigint NOT NULL,
	"total_minor" bigint NOT NULL,
	"subscription_id" uuid,
	"period_start" date,
	"period_end" date,
	"rate_minor" bigint,
	"whole_start" date,
	"whole_end" date,
	"due_on" date,
	"price_id" uuid,
	"price_version" integer,
	"terms" integer,
	"charge_id" uuid,
	"arithmetic" text NOT NULL,
	CONSTRAINT "invoice_lines_organisation_id_invoice_id_position_pk" PRIMARY KEY("organisation_id","invoice_id","position")
);
--> statement-breakpoint
CREATE TABLE "invoices" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"subscriber_id" uuid NOT NULL,
	"kind" text DEFAULT 'invoice' NOT NULL,
	"series" text NOT NULL,
	"sequence" bigint NOT NULL,
	"number" text NOT NULL,
	"status" text NOT NULL,
	"currency" text NOT NULL,
	"total_minor" bigint NOT NULL,
	"allocated_minor" bigint DEFAULT 0 NOT NULL,
	"issued_on" date NOT NULL,
	"due_on" date NOT NULL,
	"issuer_version" integer NOT NULL,
	"recipient_version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "invoices_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "invoices_organisation_id_series_sequence_unique" UNIQUE("organisation_id","series","sequence"),
	CONSTRAINT "invoices_organisation_id_number_unique" UNIQUE("organisation_id","number"),
	CONSTRAINT "invoices_kind" CHECK ("invoices"."kind" in ('invoice', 'debit_note', 'deposit', 'transfer_out', 'refund')),
	CONSTRAINT "invoices_allocated" CHECK ("invoices"."allocated_minor" between 0 and "invoices"."total_minor")
);
--> statement-breakpoint
CREATE TABLE "number_series" (
	"organisation_id" uuid NOT NULL,
	"series" text NOT NULL,
	"last_sequence" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "number_series_organisation_id_series_pk" PRIMARY KEY("organisation_id","series")
);
--> statement-breakpoint
CREATE TABLE "plans" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"kind" text DEFAULT 'base' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "plans_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "plans_organisation_id_code_unique" UNIQUE("organisation_id","code"),
	CONSTRAINT "plans_kind" CHECK ("plans"."kind" in ('base', 'add_on'))
);
--> statement-breakpoint
CREATE TABLE "price_moves" (
	"organisation_id" uuid NOT NULL,
	"price_id" uuid NOT NULL,
	"after_id" uuid,
	"moved" integer DEFAULT 0 NOT NULL,
	"begun_by" text NOT NULL,
	"begun_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "price_moves_organisation_id_price_id_pk" PRIMARY KEY("organisation_id","price_id")
);
--> statement-breakpoint
CREATE TABLE "prices" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"plan_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"billing" text NOT NULL,
	"cadence_unit" text NOT NULL,
	"cadence_count" integer NOT NULL,
	"grace_days" integer NOT NULL,
	"timing" text DEFAULT 'advance' NOT NULL,
	"category" text DEFAULT 'internet' NOT NULL,
	"tax_class" text DEFAULT 'internet' NOT NULL,
	"pricing" text DEFAULT 'inclusive' NOT NULL,
	"profile_name" text NOT NULL,
	"download_bps" bigint NOT NULL,
	"upload_bps" bigint NOT NULL,
	"phases" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"extras" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"usage" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"segment" text,
	"branch_id" uuid,
	"policy" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"effective_from" date NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "prices_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "prices_organisation_id_plan_id_version_unique" UNIQUE("organisation_id","plan_id","version"),
	CONSTRAINT "prices_pricing" CHECK ("prices"."pricing" in ('inclusive', 'exclusive')),
	CONSTRAINT "prices_passes" CHECK ("prices"."cadence_unit" not in ('minute', 'hour') or "prices"."billing" = 'prepaid'),
	CONSTRAINT "prices_timing" CHECK ("prices"."timing" in ('advance', 'arrears') and ("prices"."billing" <> 'prepaid' or "prices"."timing" = 'advance'))
);
--> statement-breakpoint
CREATE TABLE "one_time_charges" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"subscriber_id" uuid NOT NULL,
	"subscription_id" uuid,
	"description" text NOT NULL,
	"category" text NOT NULL,
	"tax_class" text NOT NULL,
	"pricing" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"invoice_on" date,
	"invoiced_on" date,
	"withdrawn_on" date,
	"withdrawn_because" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "one_time_charges_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "one_time_charges_positive" CHECK ("one_time_charges"."amount_minor" > 0),
	CONSTRAINT "one_time_charges_withdrawn" CHECK (("one_time_charges"."withdrawn_on" is null) = ("one_time_charges"."invoice_on" is not null) and ("one_time_charges"."withdrawn_on" is null or "one_time_charges"."invoiced_on" is null))
);
--> statement-breakpoint
CREATE TABLE "credit_allocations" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"credit_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"amount_minor" bigint NOT NULL,
	"effective_on" date NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "credit_allocations_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "credit_allocations_positive" CHECK ("credit_allocations"."amount_minor" > 0)
);
--> statement-breakpoint
CREATE TABLE "credit_line_taxes" (
	"organisation_id" uuid NOT NULL,
	"credit_id" uuid NOT NULL,
	"line_position" integer NOT NULL,
	"position" integer NOT NULL,
	"code" text NOT NULL,
	"title" text NOT NULL,
	"rate_bp" integer NOT NULL,
	"base_minor" bigint NOT NULL,
	"amount_minor" bigint NOT NULL,
	"certificate" text,
	CONSTRAINT "credit_line_taxes_organisation_id_credit_id_line_position_position_pk" PRIMARY KEY("organisation_id","credit_id","line_position","position"),
	CONSTRAINT "credit_line_taxes_organisation_id_credit_id_line_position_code_unique" UNIQUE("organisation_id","credit_id","line_position","code"),
	CONSTRAINT "credit_line_taxes_not_negative" CHECK ("credit_line_taxes"."amount_minor" >= 0)
);
--> statement-breakpoint
CREATE TABLE "credit_lines" (
	"organisation_id" uuid NOT NULL,
	"credit_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"invoice_id" uuid NOT NULL,
	"line_position" integer NOT NULL,
	"days" daterange,
	"subscription_id" uuid,
	"category" text NOT NULL,
	"tax_class" text NOT NULL,
	"tax_point" date NOT NULL,
	"net_minor" bigint NOT NULL,
	"total_minor" bigint NOT NULL,
	"arithmetic" text NOT NULL,
	CONSTRAINT "credit_lines_organisation_id_credit_id_position_pk" PRIMARY KEY("organisation_id","credit_id","position"),
	CONSTRAINT "credit_lines_not_negative" CHECK ("credit_lines"."net_minor" >= 0 and "credit_lines"."total_minor" >= "credit_lines"."net_minor"),
	CONSTRAINT "credit_lines_half_open" CHECK ("credit_lines"."days" is null or (not isempty("credit_lines"."days") and lower_inc("credit_lines"."days") and not upper_inc("credit_lines"."days")))
);
--> statement-breakpoint
CREATE TABLE "credits" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"subscriber_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"series" text NOT NULL,
	"sequence" bigint NOT NULL,
	"number" text NOT NULL,
	"currency" text NOT NULL,
	"total_minor" bigint NOT NULL,
	"allocated_minor" bigint DEFAULT 0 NOT NULL,
	"issued_on" date NOT NULL,
	"reason" text NOT NULL,
	"issuer_version" integer NOT NULL,
	"recipient_version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "credits_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "credits_organisation_id_series_sequence_unique" UNIQUE("organisation_id","series","sequence"),
	CONSTRAINT "credits_organisation_id_number_unique" UNIQUE("organisation_id","number"),
	CONSTRAINT "credits_kind" CHECK ("credits"."kind" in ('credit_note', 'transfer_in', 'deposit_release', 'reward', 'goodwill')),
	CONSTRAINT "credits_total" CHECK ("credits"."total_minor" >= 0),
	CONSTRAINT "credits_allocated" CHECK ("credits"."allocated_minor" between 0 and "credits"."total_minor")
);
--> statement-breakpoint
CREATE TABLE "coupons" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"code" text NOT NULL,
	"title" text NOT NULL,
	"rate_bp" integer,
	"fixed_minor" bigint,
	"currency" text,
	"exclusive" boolean NOT NULL,
	"periods_max" integer,
	"redemptions_max" integer,
	"redemptions_per_subscriber_max" integer,
	"valid_from" date,
	"valid_until" date,
	"plan_ids" uuid[],
	"segments" text[],
	"new_subscribers_only" boolean NOT NULL,
	"redemptions" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "coupons_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "coupons_organisation_id_code_unique" UNIQUE("organisation_id","code"),
	CONSTRAINT "coupons_value" CHECK ((rate_bp between 1 and 10000) is true and fixed_minor is null and currency is null
  or rate_bp is null and (fixed_minor > 0) is true and currency is not null),
	CONSTRAINT "coupons_periods" CHECK ("coupons"."periods_max" > 0),
	CONSTRAINT "coupons_redemptions" CHECK ("coupons"."redemptions" between 0 and coalesce("coupons"."redemptions_max", "coupons"."redemptions"))
);
--> statement-breakpoint
CREATE TABLE "invoice_line_discounts" (
	"organisation_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"line_position" integer NOT NULL,
	"position" integer NOT NULL,
	"source" text NOT NULL,
	"source_id" uuid,
	"code" text NOT NULL,
	"title" text NOT NULL,
	"rate_bp" integer,
	"fixed_minor" bigint,
	"currency" text,
	"base_minor" bigint NOT NULL,
	"amount_minor" bigint NOT NULL,
	"working" text NOT NULL,
	CONSTRAINT "invoice_line_discounts_organisation_id_invoice_id_line_position_position_pk" PRIMARY KEY("organisation_id","invoice_id","line_position","position"),
	CONSTRAINT "invoice_line_discounts_value" CHECK ((rate_bp between 1 and 10000) is true and fixed_minor is null and currency is null
  or rate_bp is null and (fixed_minor > 0) is true and currency is not null),
	CONSTRAINT "invoice_line_discounts_amount" CHECK ("invoice_line_discounts"."amount_minor" between 1 and "invoice_line_discounts"."base_minor")
);
--> statement-breakpoint
CREATE TABLE "promotions" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"code" text NOT NULL,
	"title" text NOT NULL,
	"rate_bp" integer,
	"fixed_minor" bigint,
	"currency" text,
	"exclusive" boolean NOT NULL,
	"plan_ids" uuid[] NOT NULL,
	"periods_max" integer,
	"starts_on" date NOT NULL,
	"ends_on" date,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "promotions_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "promotions_organisation_id_code_unique" UNIQUE("organisation_id","code"),
	CONSTRAINT "promotions_value" CHECK ((rate_bp between 1 and 10000) is true and fixed_minor is null and currency is null
  or rate_bp is null and (fixed_minor > 0) is true and currency is not null),
	CONSTRAINT "promotions_days" CHECK ("promotions"."ends_on" >= "promotions"."starts_on"),
	CONSTRAINT "promotions_periods" CHECK ("promotions"."periods_max" > 0)
);
--> statement-breakpoint
CREATE TABLE "referrals" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"referrer_id" uuid NOT NULL,
	"referred_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"rewarded_at" timestamp (3) with time zone,
	CONSTRAINT "referrals_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "referrals_organisation_id_referred_id_unique" UNIQUE("organisation_id","referred_id"),
	CONSTRAINT "referrals_two" CHECK ("referrals"."referrer_id" <> "referrals"."referred_id")
);
--> statement-breakpoint
CREATE TABLE "subscription_discounts" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"subscriber_id" uuid NOT NULL,
	"subscription_id" uuid NOT NULL,
	"source" text NOT NULL,
	"source_id" uuid NOT NULL,
	"code" text NOT NULL,
	"title" text NOT NULL,
	"rate_bp" integer,
	"fixed_minor" bigint,
	"currency" text,
	"exclusive" boolean NOT NULL,
	"plan_ids" uuid[],
	"from_day" date NOT NULL,
	"until_day" date,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "subscription_discounts_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "subscription_discounts_organisation_id_subscription_id_source_source_id_unique" UNIQUE("organisation_id","subscription_id","source","source_id"),
	CONSTRAINT "subscription_discounts_value" CHECK ((rate_bp between 1 and 10000) is true and fixed_minor is null and currency is null
  or rate_bp is null and (fixed_minor > 0) is true and currency is not null)
);
--> statement-breakpoint
CREATE TABLE "former_particulars" (
	"organisation_id" uuid NOT NULL,
	"party_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"particulars" jsonb NOT NULL,
	CONSTRAINT "former_particulars_organisation_id_party_id_version_pk" PRIMARY KEY("organisation_id","party_id","version")
);
--> statement-breakpoint
CREATE TABLE "logos" (
	"organisation_id" uuid NOT NULL,
	"sha256" text NOT NULL,
	"png" "bytea" NOT NULL,
	CONSTRAINT "logos_organisation_id_sha256_pk" PRIMARY KEY("organisation_id","sha256")
);
--> statement-breakpoint
CREATE TABLE "receipts" (
	"organisation_id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	"subscriber_id" uuid NOT NULL,
	"series" text NOT NULL,
	"sequence" bigint NOT NULL,
	"number" text NOT NULL,
	"issued_on" date NOT NULL,
	"issuer_version" integer NOT NULL,
	"recipient_version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "receipts_organisation_id_payment_id_pk" PRIMARY KEY("organisation_id","payment_id"),
	CONSTRAINT "receipts_organisation_id_series_sequence_unique" UNIQUE("organisation_id","series","sequence"),
	CONSTRAINT "receipts_organisation_id_number_unique" UNIQUE("organisation_id","number")
);
--> statement-breakpoint
CREATE TABLE "cut_off_batches" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"opened_on" date NOT NULL,
	"refreshed_on" date NOT NULL,
	"decided_on" date,
	"decided_at" timestamp (3) with time zone,
	"decided_by" text,
	"reason" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "cut_off_batches_organisation_id_id_pk" PRIMARY KEY("organisation_id","id")
);
--> statement-breakpoint
CREATE TABLE "cut_off_members" (
	"organisation_id" uuid NOT NULL,
	"batch_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"subscriber_id" uuid NOT NULL,
	"debt_minor" bigint NOT NULL,
	"days_overdue" integer NOT NULL,
	"status" text DEFAULT 'listed' NOT NULL,
	"reason" text,
	CONSTRAINT "cut_off_members_organisation_id_batch_id_service_id_pk" PRIMARY KEY("organisation_id","batch_id","service_id")
);
--> statement-breakpoint
CREATE TABLE "dunning_policies" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"branch_id" uuid,
	"segment" text,
	"plan_id" uuid,
	"steps" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"removed_at" timestamp (3) with time zone,
	CONSTRAINT "dunning_policies_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "dunning_policies_plan_alone" CHECK ("dunning_policies"."plan_id" is null or ("dunning_policies"."branch_id" is null and "dunning_policies"."segment" is null))
);
--> statement-breakpoint
CREATE TABLE "tax_exemptions" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"subscriber_id" uuid NOT NULL,
	"certificate" text NOT NULL,
	"taxes" text[] NOT NULL,
	"from_on" date NOT NULL,
	"until_on" date,
	"recorded_by" text NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"ended_on" date,
	"ended_by" text,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "tax_exemptions_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "tax_exemptions_days" CHECK ("tax_exemptions"."until_on" > "tax_exemptions"."from_on" and "tax_exemptions"."ended_on" >= "tax_exemptions"."from_on"),
	CONSTRAINT "tax_exemptions_taxes" CHECK (cardinality("tax_exemptions"."taxes") > 0),
	CONSTRAINT "tax_exemptions_ended" CHECK (("tax_exemptions"."ended_on" is null) = ("tax_exemptions"."ended_at" is null) and ("tax_exemptions"."ended_on" is null) = ("tax_exemptions"."ended_by" is null))
);
--> statement-breakpoint
CREATE TABLE "fiscal_counters" (
	"organisation_id" uuid NOT NULL,
	"counter" text NOT NULL,
	"last_number" bigint DEFAULT 0 NOT NULL,
	"corrected_at" timestamp (3) with time zone,
	"next_attempt_at" timestamp (3) with time zone NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"leased_by" text,
	"leased_until" timestamp (3) with time zone,
	CONSTRAINT "fiscal_counters_organisation_id_counter_pk" PRIMARY KEY("organisation_id","counter"),
	CONSTRAINT "fiscal_counters_number" CHECK ("fiscal_counters"."last_number" >= 0)
);
--> statement-breakpoint
CREATE TABLE "fiscal_cursors" (
	"organisation_id" uuid NOT NULL,
	"series" text NOT NULL,
	"last_sequence" bigint NOT NULL,
	CONSTRAINT "fiscal_cursors_organisation_id_series_pk" PRIMARY KEY("organisation_id","series")
);
--> statement-breakpoint
CREATE TABLE "fiscal_devices" (
	"organisation_id" uuid NOT NULL,
	"installation_id" uuid NOT NULL,
	"counter" text NOT NULL,
	"begins_at" timestamp (3) with time zone NOT NULL,
	"version" integer NOT NULL,
	CONSTRAINT "fiscal_devices_organisation_id_installation_id_pk" PRIMARY KEY("organisation_id","installation_id")
);
--> statement-breakpoint
CREATE TABLE "fiscal_documents" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"installation_id" uuid NOT NULL,
	"counter" text NOT NULL,
	"invoice_id" uuid NOT NULL,
	"credit_id" uuid,
	"document_number" text NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"number" bigint,
	"request" text,
	"tries" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"answer" text,
	"proof" jsonb,
	"settled_at" timestamp (3) with time zone,
	CONSTRAINT "fiscal_documents_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "fiscal_documents_status" CHECK ("fiscal_documents"."status" in ('pending', 'signed', 'taken_earlier', 'refused', 'withdrawn')),
	CONSTRAINT "fiscal_documents_numbered" CHECK (("fiscal_documents"."number" is null) = ("fiscal_documents"."request" is null)),
	CONSTRAINT "fiscal_documents_settled" CHECK ("fiscal_documents"."status" not in ('signed', 'taken_earlier') or "fiscal_documents"."number" is not null),
	CONSTRAINT "fiscal_documents_proved" CHECK (("fiscal_documents"."status" = 'signed') = ("fiscal_documents"."proof" is not null))
);
--> statement-breakpoint
CREATE TABLE "journal_entries" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"kind" text NOT NULL,
	"currency" text NOT NULL,
	"effective_on" date NOT NULL,
	"source_noun" text NOT NULL,
	"source_id" text NOT NULL,
	"reverses_entry_id" uuid,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "journal_entries_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "journal_entries_source" UNIQUE("organisation_id","kind","source_noun","source_id"),
	CONSTRAINT "journal_entries_reverses" UNIQUE("organisation_id","reverses_entry_id")
);
--> statement-breakpoint
CREATE TABLE "ledger_accounts" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"code" text NOT NULL,
	"kind" text NOT NULL,
	"currency" text NOT NULL,
	"owner" text NOT NULL,
	"keeps_balance" boolean NOT NULL,
	"balance_minor" bigint DEFAULT 0 NOT NULL,
	"version" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "ledger_accounts_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "ledger_accounts_organisation_id_code_unique" UNIQUE("organisation_id","code")
);
--> statement-breakpoint
CREATE TABLE "ledger_block_entries" (
	"organisation_id" uuid NOT NULL,
	"entry_id" uuid NOT NULL,
	"block_number" integer NOT NULL,
	"position" integer NOT NULL,
	CONSTRAINT "ledger_block_entries_organisation_id_entry_id_pk" PRIMARY KEY("organisation_id","entry_id"),
	CONSTRAINT "ledger_block_entries_organisation_id_block_number_position_unique" UNIQUE("organisation_id","block_number","position")
);
--> statement-breakpoint
CREATE TABLE "ledger_blocks" (
	"organisation_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"previous_hash" "bytea" NOT NULL,
	"hash" "bytea" NOT NULL,
	"entry_count" integer NOT NULL,
	"sealed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "ledger_blocks_organisation_id_number_pk" PRIMARY KEY("organisation_id","number")
);
--> statement-breakpoint
CREATE TABLE "postings" (
	"organisation_id" uuid NOT NULL,
	"entry_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"account_id" uuid NOT NULL,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	CONSTRAINT "postings_organisation_id_entry_id_position_pk" PRIMARY KEY("organisation_id","entry_id","position"),
	CONSTRAINT "postings_not_zero" CHECK ("postings"."amount_minor" <> 0),
	CONSTRAINT "postings_safe" CHECK ("postings"."amount_minor" between -9007199254740991 and 9007199254740991)
);
--> statement-breakpoint
CREATE TABLE "job_runs" (
	"name" text PRIMARY KEY NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone,
	"outcome" text,
	"detail" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"subscriber_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"channels" jsonb,
	"channel" text,
	"dedupe_key" text NOT NULL,
	"owed_on" date,
	"told_with" uuid,
	"prompt" boolean DEFAULT false NOT NULL,
	"source_noun" text NOT NULL,
	"source_id" text NOT NULL,
	"facts" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"sent_to" text,
	"text" text,
	"status" text DEFAULT 'queued' NOT NULL,
	"status_reason" text,
	"useful_until" date,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone,
	"installation_id" uuid,
	"provider_reference" text,
	"parts" integer,
	"cost_minor" bigint,
	"created_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"delivered_at" timestamp (3) with time zone,
	CONSTRAINT "messages_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "messages_dedupe" UNIQUE("organisation_id","dedupe_key")
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"key_sha256" "bytea" NOT NULL,
	"permissions" text[] NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "api_keys_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "api_keys_key_sha256_unique" UNIQUE("key_sha256")
);
--> statement-breakpoint
CREATE TABLE "audit_records" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"subject_noun" text NOT NULL,
	"subject_id" text NOT NULL,
	"detail" jsonb NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "audit_records_organisation_id_id_pk" PRIMARY KEY("organisation_id","id")
);
--> statement-breakpoint
CREATE TABLE "branches" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "branches_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "branches_organisation_id_code_unique" UNIQUE("organisation_id","code")
);
--> statement-breakpoint
CREATE TABLE "cursors" (
	"organisation_id" uuid NOT NULL,
	"installation_id" uuid NOT NULL,
	"value" text NOT NULL,
	CONSTRAINT "cursors_organisation_id_installation_id_pk" PRIMARY KEY("organisation_id","installation_id")
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"organisation_id" uuid NOT NULL,
	"api_key_id" uuid NOT NULL,
	"key" text NOT NULL,
	"request_sha256" text NOT NULL,
	"response_status" integer NOT NULL,
	"response_body" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_organisation_id_api_key_id_key_pk" PRIMARY KEY("organisation_id","api_key_id","key")
);
--> statement-breakpoint
CREATE TABLE "installations" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"plugin_id" text NOT NULL,
	"name" text NOT NULL,
	"branch_id" uuid,
	"settings" jsonb NOT NULL,
	"secrets" "bytea" NOT NULL,
	"callback_token" text NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"status_reason" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "installations_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "installations_organisation_id_name_unique" UNIQUE("organisation_id","name")
);
--> statement-breakpoint
CREATE TABLE "organisations" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"country" text NOT NULL,
	"currency" text NOT NULL,
	"time_zone" text NOT NULL,
	"language" text DEFAULT 'en' NOT NULL,
	"policy" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"branding" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"particulars_version" integer DEFAULT 1 NOT NULL,
	"account_prefix" text DEFAULT '' NOT NULL,
	"next_account_sequence" integer DEFAULT 10001 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "organisations_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "shared_secrets" (
	"organisation_id" uuid NOT NULL,
	"plugin_id" text NOT NULL,
	"name" text NOT NULL,
	"value" "bytea" NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "shared_secrets_organisation_id_plugin_id_name_pk" PRIMARY KEY("organisation_id","plugin_id","name")
);
--> statement-breakpoint
CREATE TABLE "tasks" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"kind" text NOT NULL,
	"subject_noun" text NOT NULL,
	"subject_id" text NOT NULL,
	"title" text NOT NULL,
	"detail" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"done_at" timestamp (3) with time zone,
	CONSTRAINT "tasks_organisation_id_id_pk" PRIMARY KEY("organisation_id","id")
);
--> statement-breakpoint
CREATE TABLE "passes" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"subscription_id" uuid NOT NULL,
	"price_id" uuid NOT NULL,
	"terms" integer NOT NULL,
	"valid" "tstzrange" NOT NULL,
	"invoice_id" uuid,
	"line_position" integer,
	"taken_back" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "passes_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "passes_line" CHECK (("passes"."invoice_id" is null) = ("passes"."line_position" is null)),
	CONSTRAINT "passes_half_open" CHECK (not isempty("passes"."valid") and lower_inc("passes"."valid") and not upper_inc("passes"."valid"))
);
--> statement-breakpoint
CREATE TABLE "allocations" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"payment_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"amount_minor" bigint NOT NULL,
	"effective_on" date NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "allocations_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "allocations_positive" CHECK ("allocations"."amount_minor" > 0)
);
--> statement-breakpoint
CREATE TABLE "callbacks" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"installation_id" uuid NOT NULL,
	"channel" text NOT NULL,
	"dedupe_key" text NOT NULL,
	"body" "bytea" NOT NULL,
	"body_sha256" "bytea" NOT NULL,
	"headers" jsonb NOT NULL,
	"query" jsonb NOT NULL,
	"peer_address" text,
	"intent_id" uuid,
	"received_at" timestamp (3) with time zone NOT NULL,
	"status" text DEFAULT 'received' NOT NULL,
	"status_reason" text,
	"repeats" integer DEFAULT 0 NOT NULL,
	"processed_at" timestamp (3) with time zone,
	"next_attempt_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "callbacks_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "callbacks_dedupe" UNIQUE("organisation_id","installation_id","dedupe_key")
);
--> statement-breakpoint
CREATE TABLE "intent_moves" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"intent_id" uuid NOT NULL,
	"from_status" text,
	"to_status" text NOT NULL,
	"evidence" text NOT NULL,
	"detail" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "intent_moves_organisation_id_id_pk" PRIMARY KEY("organisation_id","id")
);
--> statement-breakpoint
CREATE TABLE "payment_notices" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"installation_id" uuid NOT NULL,
	"callback_id" uuid,
	"intent_id" uuid,
	"evidence" text NOT NULL,
	"status" text NOT NULL,
	"provider_transaction" text,
	"provider_reference" text,
	"amount_minor" bigint,
	"currency" text,
	"paid_at" timestamp (3) with time zone,
	"payer" jsonb NOT NULL,
	"payer_name" text,
	"account_reference" text,
	"failure" jsonb,
	"detail" text,
	"received_at" timestamp (3) with time zone NOT NULL,
	"outcome" text,
	"payment_id" uuid,
	"processed_at" timestamp (3) with time zone,
	CONSTRAINT "payment_notices_organisation_id_id_pk" PRIMARY KEY("organisation_id","id")
);
--> statement-breakpoint
CREATE TABLE "payment_intents" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"installation_id" uuid NOT NULL,
	"subscriber_id" uuid NOT NULL,
	"amount_minor" bigint NOT NULL,
	"prompt_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"phone" text NOT NULL,
	"account_reference" text NOT NULL,
	"status" text NOT NULL,
	"callback_token" text NOT NULL,
	"provider_reference" text,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"look_up_attempts" integer DEFAULT 0 NOT NULL,
	"last_look_up_at" timestamp (3) with time zone,
	"next_look_up_at" timestamp (3) with time zone,
	"claimed_at" timestamp (3) with time zone,
	"failure_code" text,
	"failure_class" text,
	"failure_message" text,
	"payment_id" uuid,
	CONSTRAINT "payment_intents_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "payment_intents_token" UNIQUE("installation_id","callback_token")
);
--> statement-breakpoint
CREATE TABLE "payments" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"source" text NOT NULL,
	"installation_id" uuid,
	"branch_id" uuid,
	"provider_transaction" text,
	"intent_id" uuid,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"allocated_minor" bigint DEFAULT 0 NOT NULL,
	"status" text NOT NULL,
	"subscriber_id" uuid,
	"match_rule" text,
	"suspense_reason" text,
	"candidates" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"account_reference" text,
	"payer" jsonb NOT NULL,
	"payer_name" text,
	"evidence" text NOT NULL,
	"paid_at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" text,
	"resolved_at" timestamp (3) with time zone,
	"resolved_by" text,
	CONSTRAINT "payments_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "payments_provider_transaction" UNIQUE("organisation_id","installation_id","provider_transaction"),
	CONSTRAINT "payments_amount" CHECK ("payments"."amount_minor" > 0),
	CONSTRAINT "payments_allocated" CHECK ("payments"."allocated_minor" between 0 and "payments"."amount_minor"),
	CONSTRAINT "payments_owner" CHECK (("payments"."status" = 'matched') = ("payments"."subscriber_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "billing_preview_parts" (
	"organisation_id" uuid NOT NULL,
	"preview_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"subscriber_ids" uuid[] NOT NULL,
	"status" text NOT NULL,
	"effects" text NOT NULL,
	"fingerprint" text NOT NULL,
	"failure" text,
	"changes" jsonb,
	"applied_at" timestamp (3) with time zone,
	"follow_on" date,
	CONSTRAINT "billing_preview_parts_organisation_id_preview_id_position_pk" PRIMARY KEY("organisation_id","preview_id","position"),
	CONSTRAINT "billing_preview_parts_status" CHECK ("billing_preview_parts"."status" in ('planned', 'applied', 'changed', 'failed', 'shown'))
);
--> statement-breakpoint
CREATE TABLE "billing_previews" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"status" text NOT NULL,
	"subscriber_id" uuid,
	"change" jsonb,
	"days" jsonb NOT NULL,
	"applies_from" text NOT NULL,
	"totals" jsonb,
	"fingerprint" text,
	"requested_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"applied_by" text,
	"applied_at" timestamp (3) with time zone,
	CONSTRAINT "billing_previews_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "billing_previews_status" CHECK ("billing_previews"."status" in ('drafted', 'open', 'applied', 'partly_applied')),
	CONSTRAINT "billing_previews_complete" CHECK ("billing_previews"."status" = 'drafted' or "billing_previews"."fingerprint" is not null)
);
--> statement-breakpoint
CREATE TABLE "extensions" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"subscriber_id" uuid NOT NULL,
	"until" date NOT NULL,
	"reason" text NOT NULL,
	"status" text NOT NULL,
	"holds_until" date,
	"requested_by" text NOT NULL,
	"requested_on" date NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"answered_by" text,
	"answered_at" timestamp (3) with time zone,
	"note" text,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "extensions_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "extensions_hold" CHECK ("extensions"."holds_until" is not null or "extensions"."status" in ('requested', 'refused', 'withdrawn'))
);
--> statement-breakpoint
CREATE TABLE "instalment_plan_invoices" (
	"organisation_id" uuid NOT NULL,
	"plan_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"open_minor" bigint NOT NULL,
	CONSTRAINT "instalment_plan_invoices_organisation_id_plan_id_invoice_id_pk" PRIMARY KEY("organisation_id","plan_id","invoice_id"),
	CONSTRAINT "instalment_plan_invoices_positive" CHECK ("instalment_plan_invoices"."open_minor" > 0)
);
--> statement-breakpoint
CREATE TABLE "instalment_plans" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"subscriber_id" uuid NOT NULL,
	"status" text NOT NULL,
	"currency" text NOT NULL,
	"total_minor" bigint NOT NULL,
	"grace_days" integer NOT NULL,
	"started_on" date NOT NULL,
	"ended_on" date,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "instalment_plans_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "instalment_plans_total" CHECK ("instalment_plans"."total_minor" > 0),
	CONSTRAINT "instalment_plans_ended" CHECK (("instalment_plans"."ended_on" is not null) = ("instalment_plans"."status" in ('broken', 'withdrawn')))
);
--> statement-breakpoint
CREATE TABLE "instalments" (
	"organisation_id" uuid NOT NULL,
	"plan_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"due_on" date NOT NULL,
	"amount_minor" bigint NOT NULL,
	CONSTRAINT "instalments_organisation_id_plan_id_position_pk" PRIMARY KEY("organisation_id","plan_id","position"),
	CONSTRAINT "instalments_positive" CHECK ("instalments"."amount_minor" > 0)
);
--> statement-breakpoint
CREATE TABLE "late_fees" (
	"organisation_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"falls_on" date NOT NULL,
	"debit_note_id" uuid NOT NULL,
	CONSTRAINT "late_fees_organisation_id_invoice_id_number_pk" PRIMARY KEY("organisation_id","invoice_id","number")
);
--> statement-breakpoint
CREATE TABLE "general_ledger_codes" (
	"organisation_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"owner" text NOT NULL,
	"code" text NOT NULL,
	CONSTRAINT "general_ledger_codes_organisation_id_kind_owner_pk" PRIMARY KEY("organisation_id","kind","owner")
);
--> statement-breakpoint
CREATE TABLE "recognised_days" (
	"organisation_id" uuid NOT NULL,
	"day" date NOT NULL,
	"recognised_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "recognised_days_organisation_id_day_pk" PRIMARY KEY("organisation_id","day")
);
--> statement-breakpoint
CREATE TABLE "revenue_deferrals" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"invoice_id" uuid NOT NULL,
	"line_position" integer NOT NULL,
	"category" text NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"span_start" date NOT NULL,
	"span_end" date NOT NULL,
	"from_on" date NOT NULL,
	"until_on" date NOT NULL,
	"deferred_on" date NOT NULL,
	"stopped_on" date,
	CONSTRAINT "revenue_deferrals_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "revenue_deferrals_positive" CHECK ("revenue_deferrals"."amount_minor" > 0),
	CONSTRAINT "revenue_deferrals_days" CHECK ("revenue_deferrals"."span_start" < "revenue_deferrals"."span_end" and "revenue_deferrals"."span_start" <= "revenue_deferrals"."from_on" and "revenue_deferrals"."from_on" <= "revenue_deferrals"."until_on" and "revenue_deferrals"."until_on" <= "revenue_deferrals"."span_end")
);
--> statement-breakpoint
CREATE TABLE "access_changes" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"service_id" uuid NOT NULL,
	"subscriber_id" uuid NOT NULL,
	"from_state" text,
	"to_state" text NOT NULL,
	"reason" text NOT NULL,
	"version" integer NOT NULL,
	"outcome" text NOT NULL,
	"sessions_dropped" integer NOT NULL,
	"proof" text NOT NULL,
	"cause_payment_id" uuid,
	"wanted_at" timestamp (3) with time zone NOT NULL,
	"applied_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "access_changes_organisation_id_id_pk" PRIMARY KEY("organisation_id","id")
);
--> statement-breakpoint
CREATE TABLE "access_lanes" (
	"organisation_id" uuid NOT NULL,
	"installation_id" uuid NOT NULL,
	"leased_by" text,
	"leased_until" timestamp (3) with time zone,
	"state" text DEFAULT 'unknown' NOT NULL,
	"last_error" text,
	"failures" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone,
	"reconciled_at" timestamp (3) with time zone,
	CONSTRAINT "access_lanes_organisation_id_installation_id_pk" PRIMARY KEY("organisation_id","installation_id")
);
--> statement-breakpoint
CREATE TABLE "access_states" (
	"organisation_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"subscriber_id" uuid NOT NULL,
	"installation_id" uuid NOT NULL,
	"wanted_state" text NOT NULL,
	"wanted_reason" text NOT NULL,
	"profile_name" text NOT NULL,
	"download_bps" text NOT NULL,
	"upload_bps" text NOT NULL,
	"wanted_version" integer DEFAULT 1 NOT NULL,
	"wanted_at" timestamp (3) with time zone NOT NULL,
	"overdue_since" date,
	"hold" text,
	"recheck_on" date,
	"cause_payment_id" uuid,
	"cause_at" timestamp (3) with time zone,
	"status" text DEFAULT 'pending' NOT NULL,
	"urgent" boolean DEFAULT false NOT NULL,
	"observed_state" text,
	"observed_version" integer,
	"observed_at" timestamp (3) with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone NOT NULL,
	"last_error" text,
	"drift_count" integer DEFAULT 0 NOT NULL,
	"last_drift" text,
	"last_drift_at" timestamp (3) with time zone,
	CONSTRAINT "access_states_organisation_id_service_id_pk" PRIMARY KEY("organisation_id","service_id")
);
--> statement-breakpoint
CREATE TABLE "services" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"subscriber_id" uuid NOT NULL,
	"subscription_id" uuid NOT NULL,
	"installation_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"username" text NOT NULL,
	"password" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "services_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "services_organisation_id_installation_id_username_unique" UNIQUE("organisation_id","installation_id","username")
);
--> statement-breakpoint
CREATE TABLE "subscribers" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"branch_id" uuid NOT NULL,
	"account_number" text NOT NULL,
	"account_key" text NOT NULL,
	"name" text NOT NULL,
	"phone" text,
	"phone_sha256" text,
	"email" text,
	"address_lines" text[] DEFAULT '{}' NOT NULL,
	"tax_pin" text,
	"particulars_version" integer DEFAULT 1 NOT NULL,
	"language" text NOT NULL,
	"currency" text NOT NULL,
	"segment" text DEFAULT 'home' NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"parent_id" uuid,
	"parent_pays" boolean DEFAULT false NOT NULL,
	"overdraft_minor" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "subscribers_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "subscribers_organisation_id_account_key_unique" UNIQUE("organisation_id","account_key"),
	CONSTRAINT "subscribers_parent" CHECK ("subscribers"."parent_id" <> "subscribers"."id" and ("subscribers"."parent_id" is not null or not "subscribers"."parent_pays")),
	CONSTRAINT "subscribers_overdraft" CHECK ("subscribers"."overdraft_minor" >= 0)
);
--> statement-breakpoint
CREATE TABLE "subscription_pauses" (
	"organisation_id" uuid NOT NULL,
	"subscription_id" uuid NOT NULL,
	"from_on" date NOT NULL,
	"until_on" date,
	"settled_on" date,
	"policy" text NOT NULL,
	"reason" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "subscription_pauses_organisation_id_subscription_id_from_on_pk" PRIMARY KEY("organisation_id","subscription_id","from_on"),
	CONSTRAINT "subscription_pauses_span" CHECK ("subscription_pauses"."until_on" is null or "subscription_pauses"."until_on" >= "subscription_pauses"."from_on"),
	CONSTRAINT "subscription_pauses_policy" CHECK ("subscription_pauses"."policy" in ('bill', 'skip', 'extend'))
);
--> statement-breakpoint
CREATE TABLE "subscription_terms" (
	"organisation_id" uuid NOT NULL,
	"subscription_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"price_id" uuid NOT NULL,
	"origin" date NOT NULL,
	"anchor_day" integer NOT NULL,
	"from_on" date NOT NULL,
	"until_on" date,
	"periods_before" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "subscription_terms_organisation_id_subscription_id_number_pk" PRIMARY KEY("organisation_id","subscription_id","number"),
	CONSTRAINT "subscription_terms_anchor" CHECK ("subscription_terms"."anchor_day" between 1 and 31)
);
--> statement-breakpoint
CREATE TABLE "subscriptions" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"subscriber_id" uuid NOT NULL,
	"payer_id" uuid NOT NULL,
	"base_id" uuid,
	"starts_on" date NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"cancelled_on" date,
	"grace_days" integer,
	"billed_until" date NOT NULL,
	"next_invoice_on" date,
	"awaits" text,
	"renewal_on" date,
	"renewal_minor" bigint,
	"pass_turns_at" timestamp (3) with time zone,
	"parked_reason" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "subscriptions_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "subscriptions_awaits" CHECK ("subscriptions"."awaits" is null or ("subscriptions"."awaits" in ('credit', 'payment') and "subscriptions"."next_invoice_on" is null)),
	CONSTRAINT "subscriptions_renewal" CHECK (("subscriptions"."renewal_on" is null) = ("subscriptions"."renewal_minor" is null) and "subscriptions"."renewal_minor" >= 0)
);
--> statement-breakpoint
CREATE TABLE "allowances" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"subscription_id" uuid NOT NULL,
	"title" text NOT NULL,
	"unit" text NOT NULL,
	"granted_units" bigint NOT NULL,
	"data_bundle_id" uuid,
	"invoice_id" uuid,
	"used_units" bigint DEFAULT 0 NOT NULL,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_until" timestamp (3) with time zone NOT NULL,
	"withdrawn_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "allowances_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "allowances_used" CHECK ("allowances"."granted_units" > 0 and "allowances"."used_units" between 0 and "allowances"."granted_units"),
	CONSTRAINT "allowances_withdrawn" CHECK ("allowances"."withdrawn_at" is null or "allowances"."used_units" = 0),
	CONSTRAINT "allowances_valid" CHECK ("allowances"."valid_until" > "allowances"."valid_from")
);
--> statement-breakpoint
CREATE TABLE "data_bundles" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"code" text NOT NULL,
	"title" text NOT NULL,
	"unit" text NOT NULL,
	"units" bigint NOT NULL,
	"valid_days" integer NOT NULL,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"category" text NOT NULL,
	"tax_class" text NOT NULL,
	"pricing" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"withdrawn_at" timestamp (3) with time zone,
	CONSTRAINT "data_bundles_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "data_bundles_organisation_id_code_unique" UNIQUE("organisation_id","code"),
	CONSTRAINT "data_bundles_units" CHECK ("data_bundles"."units" > 0 and "data_bundles"."valid_days" > 0 and "data_bundles"."amount_minor" > 0)
);
--> statement-breakpoint
CREATE TABLE "invoice_line_usage" (
	"organisation_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"line_position" integer NOT NULL,
	"unit" text NOT NULL,
	"units" bigint NOT NULL,
	"rated_units" bigint NOT NULL,
	CONSTRAINT "invoice_line_usage_organisation_id_invoice_id_line_position_pk" PRIMARY KEY("organisation_id","invoice_id","line_position"),
	CONSTRAINT "invoice_line_usage_units" CHECK ("invoice_line_usage"."rated_units" >= 0 and "invoice_line_usage"."units" > "invoice_line_usage"."rated_units")
);
--> statement-breakpoint
CREATE TABLE "usage_days" (
	"organisation_id" uuid NOT NULL,
	"subscription_id" uuid NOT NULL,
	"unit" text NOT NULL,
	"day" date NOT NULL,
	"units" bigint NOT NULL,
	"covered_units" bigint NOT NULL,
	"rated_units" bigint DEFAULT 0 NOT NULL,
	"terms" integer,
	"period_start" date,
	"period_end" date,
	"due_on" date,
	CONSTRAINT "usage_days_organisation_id_subscription_id_unit_day_pk" PRIMARY KEY("organisation_id","subscription_id","unit","day"),
	CONSTRAINT "usage_days_units" CHECK ("usage_days"."rated_units" between 0 and "usage_days"."units" - "usage_days"."covered_units")
);
--> statement-breakpoint
CREATE TABLE "usage_records" (
	"organisation_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"subscription_id" uuid NOT NULL,
	"source" text NOT NULL,
	"key" text NOT NULL,
	"unit" text NOT NULL,
	"quantity" bigint NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"day" date NOT NULL,
	"covered_units" bigint NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "usage_records_organisation_id_id_pk" PRIMARY KEY("organisation_id","id"),
	CONSTRAINT "usage_records_organisation_id_source_key_unique" UNIQUE("organisation_id","source","key"),
	CONSTRAINT "usage_records_quantity" CHECK ("usage_records"."quantity" > 0 and "usage_records"."covered_units" between 0 and "usage_records"."quantity")
);
--> statement-breakpoint
ALTER TABLE "price_moves" ADD CONSTRAINT "price_moves_organisation_id_price_id_prices_organisation_id_id_fk" FOREIGN KEY ("organisation_id","price_id") REFERENCES "public"."prices"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_allocations" ADD CONSTRAINT "credit_allocations_organisation_id_credit_id_credits_organisation_id_id_fk" FOREIGN KEY ("organisation_id","credit_id") REFERENCES "public"."credits"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_allocations" ADD CONSTRAINT "credit_allocations_organisation_id_invoice_id_invoices_organisation_id_id_fk" FOREIGN KEY ("organisation_id","invoice_id") REFERENCES "public"."invoices"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_lines" ADD CONSTRAINT "credit_lines_organisation_id_credit_id_credits_organisation_id_id_fk" FOREIGN KEY ("organisation_id","credit_id") REFERENCES "public"."credits"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_lines" ADD CONSTRAINT "credit_lines_organisation_id_invoice_id_line_position_invoice_lines_organisation_id_invoice_id_position_fk" FOREIGN KEY ("organisation_id","invoice_id","line_position") REFERENCES "public"."invoice_lines"("organisation_id","invoice_id","position") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_line_discounts" ADD CONSTRAINT "invoice_line_discounts_line" FOREIGN KEY ("organisation_id","invoice_id","line_position") REFERENCES "public"."invoice_lines"("organisation_id","invoice_id","position") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "receipts" ADD CONSTRAINT "receipts_organisation_id_payment_id_payments_organisation_id_id_fk" FOREIGN KEY ("organisation_id","payment_id") REFERENCES "public"."payments"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cut_off_members" ADD CONSTRAINT "cut_off_members_organisation_id_batch_id_cut_off_batches_organisation_id_id_fk" FOREIGN KEY ("organisation_id","batch_id") REFERENCES "public"."cut_off_batches"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tax_exemptions" ADD CONSTRAINT "tax_exemptions_organisation_id_subscriber_id_subscribers_organisation_id_id_fk" FOREIGN KEY ("organisation_id","subscriber_id") REFERENCES "public"."subscribers"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fiscal_documents" ADD CONSTRAINT "fiscal_documents_organisation_id_invoice_id_invoices_organisation_id_id_fk" FOREIGN KEY ("organisation_id","invoice_id") REFERENCES "public"."invoices"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fiscal_documents" ADD CONSTRAINT "fiscal_documents_organisation_id_credit_id_credits_organisation_id_id_fk" FOREIGN KEY ("organisation_id","credit_id") REFERENCES "public"."credits"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "postings" ADD CONSTRAINT "postings_organisation_id_account_id_ledger_accounts_organisation_id_id_fk" FOREIGN KEY ("organisation_id","account_id") REFERENCES "public"."ledger_accounts"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "allocations" ADD CONSTRAINT "allocations_organisation_id_payment_id_payments_organisation_id_id_fk" FOREIGN KEY ("organisation_id","payment_id") REFERENCES "public"."payments"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "allocations" ADD CONSTRAINT "allocations_organisation_id_invoice_id_invoices_organisation_id_id_fk" FOREIGN KEY ("organisation_id","invoice_id") REFERENCES "public"."invoices"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing_preview_parts" ADD CONSTRAINT "billing_preview_parts_organisation_id_preview_id_billing_previews_organisation_id_id_fk" FOREIGN KEY ("organisation_id","preview_id") REFERENCES "public"."billing_previews"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "instalment_plan_invoices" ADD CONSTRAINT "instalment_plan_invoices_organisation_id_plan_id_instalment_plans_organisation_id_id_fk" FOREIGN KEY ("organisation_id","plan_id") REFERENCES "public"."instalment_plans"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "instalment_plan_invoices" ADD CONSTRAINT "instalment_plan_invoices_organisation_id_invoice_id_invoices_organisation_id_id_fk" FOREIGN KEY ("organisation_id","invoice_id") REFERENCES "public"."invoices"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "instalments" ADD CONSTRAINT "instalments_organisation_id_plan_id_instalment_plans_organisation_id_id_fk" FOREIGN KEY ("organisation_id","plan_id") REFERENCES "public"."instalment_plans"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "late_fees" ADD CONSTRAINT "late_fees_organisation_id_invoice_id_invoices_organisation_id_id_fk" FOREIGN KEY ("organisation_id","invoice_id") REFERENCES "public"."invoices"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "late_fees" ADD CONSTRAINT "late_fees_organisation_id_debit_note_id_invoices_organisation_id_id_fk" FOREIGN KEY ("organisation_id","debit_note_id") REFERENCES "public"."invoices"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscribers" ADD CONSTRAINT "subscribers_organisation_id_parent_id_subscribers_organisation_id_id_fk" FOREIGN KEY ("organisation_id","parent_id") REFERENCES "public"."subscribers"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_line_usage" ADD CONSTRAINT "invoice_line_usage_line" FOREIGN KEY ("organisation_id","invoice_id","line_position") REFERENCES "public"."invoice_lines"("organisation_id","invoice_id","position") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "charged_periods_line" ON "charged_periods" USING btree ("organisation_id","invoice_id","line_position");--> statement-breakpoint
CREATE UNIQUE INDEX "invoice_lines_charge" ON "invoice_lines" USING btree ("organisation_id","charge_id") WHERE "invoice_lines"."charge_id" is not null;--> statement-breakpoint
CREATE INDEX "invoices_open" ON "invoices" USING btree ("organisation_id","subscriber_id","due_on") WHERE "invoices"."status" = 'open';--> statement-breakpoint
CREATE INDEX "invoices_open_due" ON "invoices" USING btree ("organisation_id","due_on","id") WHERE "invoices"."status" = 'open';--> statement-breakpoint
CREATE INDEX "invoices_subscriber" ON "invoices" USING btree ("organisation_id","subscriber_id","issued_on");--> statement-breakpoint
CREATE INDEX "price_moves_unfinished" ON "price_moves" USING btree ("organisation_id","price_id") WHERE "price_moves"."finished_at" is null;--> statement-breakpoint
CREATE INDEX "one_time_charges_subscriber" ON "one_time_charges" USING btree ("organisation_id","subscriber_id","id");--> statement-breakpoint
CREATE INDEX "one_time_charges_waiting" ON "one_time_charges" USING btree ("organisation_id","subscriber_id") WHERE "one_time_charges"."invoiced_on" is null;--> statement-breakpoint
CREATE INDEX "one_time_charges_due" ON "one_time_charges" USING btree ("organisation_id","invoice_on") WHERE "one_time_charges"."invoiced_on" is null;--> statement-breakpoint
CREATE INDEX "credit_allocations_credit" ON "credit_allocations" USING btree ("organisation_id","credit_id");--> statement-breakpoint
CREATE INDEX "credit_allocations_invoice" ON "credit_allocations" USING btree ("organisation_id","invoice_id");--> statement-breakpoint
CREATE INDEX "credit_allocations_effective" ON "credit_allocations" USING btree ("organisation_id","effective_on");--> statement-breakpoint
CREATE INDEX "credit_lines_line" ON "credit_lines" USING btree ("organisation_id","invoice_id","line_position");--> statement-breakpoint
CREATE INDEX "credits_subscriber" ON "credits" USING btree ("organisation_id","subscriber_id","issued_on");--> statement-breakpoint
CREATE INDEX "credits_free" ON "credits" USING btree ("organisation_id","subscriber_id") WHERE "credits"."allocated_minor" < "credits"."total_minor";--> statement-breakpoint
CREATE INDEX "referrals_referrer" ON "referrals" USING btree ("organisation_id","referrer_id");--> statement-breakpoint
CREATE INDEX "referrals_waiting" ON "referrals" USING btree ("organisation_id","id") WHERE "referrals"."rewarded_at" is null;--> statement-breakpoint
CREATE INDEX "subscription_discounts_source" ON "subscription_discounts" USING btree ("organisation_id","source_id","subscriber_id");--> statement-breakpoint
CREATE UNIQUE INDEX "cut_off_batches_open" ON "cut_off_batches" USING btree ("organisation_id") WHERE "cut_off_batches"."status" = 'open';--> statement-breakpoint
CREATE INDEX "cut_off_batches_decided" ON "cut_off_batches" USING btree ("organisation_id","decided_on");--> statement-breakpoint
CREATE INDEX "cut_off_members_service" ON "cut_off_members" USING btree ("organisation_id","service_id");--> statement-breakpoint
CREATE UNIQUE INDEX "dunning_policies_scope" ON "dunning_policies" USING btree ("organisation_id",coalesce("branch_id"::text, ''),coalesce("segment", ''),coalesce("plan_id"::text, '')) WHERE "dunning_policies"."removed_at" is null;--> statement-breakpoint
CREATE INDEX "tax_exemptions_subscriber" ON "tax_exemptions" USING btree ("organisation_id","subscriber_id");--> statement-breakpoint
CREATE UNIQUE INDEX "fiscal_documents_claim" ON "fiscal_documents" USING btree ("organisation_id","invoice_id") WHERE "fiscal_documents"."credit_id" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "fiscal_documents_credit" ON "fiscal_documents" USING btree ("organisation_id","credit_id","invoice_id") WHERE "fiscal_documents"."credit_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "fiscal_documents_number" ON "fiscal_documents" USING btree ("organisation_id","counter","number") WHERE "fiscal_documents"."number" is not null;--> statement-breakpoint
CREATE INDEX "fiscal_documents_pending" ON "fiscal_documents" USING btree ("organisation_id","counter","issued_at","document_number") WHERE "fiscal_documents"."status" = 'pending';--> statement-breakpoint
CREATE INDEX "journal_entries_effective" ON "journal_entries" USING btree ("organisation_id","effective_on");--> statement-breakpoint
CREATE INDEX "journal_entries_recorded" ON "journal_entries" USING btree ("organisation_id","recorded_at");--> statement-breakpoint
CREATE INDEX "postings_account" ON "postings" USING btree ("organisation_id","account_id");--> statement-breakpoint
CREATE INDEX "messages_waiting" ON "messages" USING btree ("organisation_id","next_attempt_at") WHERE "messages"."next_attempt_at" is not null;--> statement-breakpoint
CREATE INDEX "messages_waiting_subscriber" ON "messages" USING btree ("organisation_id","subscriber_id") WHERE "messages"."next_attempt_at" is not null;--> statement-breakpoint
CREATE INDEX "messages_told_with" ON "messages" USING btree ("organisation_id","told_with") WHERE "messages"."told_with" is not null;--> statement-breakpoint
CREATE INDEX "messages_reference" ON "messages" USING btree ("organisation_id","installation_id","provider_reference");--> statement-breakpoint
CREATE INDEX "messages_subscriber" ON "messages" USING btree ("organisation_id","subscriber_id","created_at");--> statement-breakpoint
CREATE INDEX "messages_source" ON "messages" USING btree ("organisation_id","source_noun","source_id");--> statement-breakpoint
CREATE INDEX "audit_records_subject" ON "audit_records" USING btree ("organisation_id","subject_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "installations_id" ON "installations" USING btree ("id");--> statement-breakpoint
CREATE UNIQUE INDEX "tasks_open" ON "tasks" USING btree ("organisation_id","kind","subject_noun","subject_id") WHERE "tasks"."done_at" is null;--> statement-breakpoint
CREATE INDEX "passes_line_of" ON "passes" USING btree ("organisation_id","invoice_id","line_position") WHERE "passes"."invoice_id" is not null;--> statement-breakpoint
CREATE INDEX "allocations_payment" ON "allocations" USING btree ("organisation_id","payment_id");--> statement-breakpoint
CREATE INDEX "allocations_invoice" ON "allocations" USING btree ("organisation_id","invoice_id");--> statement-breakpoint
CREATE INDEX "allocations_effective" ON "allocations" USING btree ("organisation_id","effective_on");--> statement-breakpoint
CREATE INDEX "callbacks_waiting" ON "callbacks" USING btree ("organisation_id","next_attempt_at") WHERE "callbacks"."status" = 'received';--> statement-breakpoint
CREATE INDEX "intent_moves_intent" ON "intent_moves" USING btree ("organisation_id","intent_id");--> statement-breakpoint
CREATE INDEX "payment_notices_waiting" ON "payment_notices" USING btree ("organisation_id","id") WHERE "payment_notices"."outcome" is null;--> statement-breakpoint
CREATE INDEX "payment_notices_intent" ON "payment_notices" USING btree ("organisation_id","intent_id");--> statement-breakpoint
CREATE INDEX "payment_notices_payment" ON "payment_notices" USING btree ("organisation_id","payment_id");--> statement-breakpoint
CREATE UNIQUE INDEX "payment_intents_reference" ON "payment_intents" USING btree ("organisation_id","installation_id","provider_reference") WHERE "payment_intents"."provider_reference" is not null;--> statement-breakpoint
CREATE INDEX "payment_intents_to_dispatch" ON "payment_intents" USING btree ("organisation_id") WHERE "payment_intents"."status" in ('created', 'dispatching');--> statement-breakpoint
CREATE INDEX "payment_intents_look_up" ON "payment_intents" USING btree ("organisation_id","next_look_up_at") WHERE "payment_intents"."next_look_up_at" is not null;--> statement-breakpoint
CREATE INDEX "payment_intents_phone" ON "payment_intents" USING btree ("organisation_id","phone","requested_at");--> statement-breakpoint
CREATE INDEX "payment_intents_subscriber" ON "payment_intents" USING btree ("organisation_id","subscriber_id","requested_at");--> statement-breakpoint
CREATE UNIQUE INDEX "payments_manual_reference" ON "payments" USING btree ("organisation_id","branch_id","provider_transaction") WHERE "payments"."source" = 'manual';--> statement-breakpoint
CREATE UNIQUE INDEX "payments_certificate" ON "payments" USING btree ("organisation_id","provider_transaction") WHERE "payments"."source" = 'withholding';--> statement-breakpoint
CREATE UNIQUE INDEX "payments_intent" ON "payments" USING btree ("organisation_id","intent_id") WHERE "payments"."intent_id" is not null;--> statement-breakpoint
CREATE INDEX "payments_subscriber" ON "payments" USING btree ("organisation_id","subscriber_id","paid_at");--> statement-breakpoint
CREATE INDEX "payments_unmatched" ON "payments" USING btree ("organisation_id","received_at") WHERE "payments"."status" = 'unmatched';--> statement-breakpoint
CREATE INDEX "payments_awaiting_receipt" ON "payments" USING btree ("organisation_id","subscriber_id") WHERE "payments"."provider_transaction" is null;--> statement-breakpoint
CREATE INDEX "payments_unapplied" ON "payments" USING btree ("organisation_id","subscriber_id") WHERE "payments"."status" = 'matched' and "payments"."allocated_minor" < "payments"."amount_minor";--> statement-breakpoint
CREATE INDEX "billing_preview_parts_followed" ON "billing_preview_parts" USING btree ("organisation_id","follow_on") WHERE "billing_preview_parts"."follow_on" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "extensions_open" ON "extensions" USING btree ("organisation_id","subscriber_id") WHERE "extensions"."status" in ('requested', 'approved');--> statement-breakpoint
CREATE INDEX "extensions_holding" ON "extensions" USING btree ("organisation_id","subscriber_id","holds_until") WHERE "extensions"."holds_until" is not null;--> statement-breakpoint
CREATE INDEX "extensions_approved" ON "extensions" USING btree ("organisation_id","id") WHERE "extensions"."status" = 'approved';--> statement-breakpoint
CREATE INDEX "instalment_plan_invoices_invoice" ON "instalment_plan_invoices" USING btree ("organisation_id","invoice_id");--> statement-breakpoint
CREATE UNIQUE INDEX "instalment_plans_running" ON "instalment_plans" USING btree ("organisation_id","subscriber_id") WHERE "instalment_plans"."status" = 'running';--> statement-breakpoint
CREATE INDEX "instalment_plans_subscriber" ON "instalment_plans" USING btree ("organisation_id","subscriber_id","id");--> statement-breakpoint
CREATE INDEX "revenue_deferrals_until" ON "revenue_deferrals" USING btree ("organisation_id","until_on");--> statement-breakpoint
CREATE INDEX "revenue_deferrals_line" ON "revenue_deferrals" USING btree ("organisation_id","invoice_id","line_position");--> statement-breakpoint
CREATE INDEX "access_changes_subscriber" ON "access_changes" USING btree ("organisation_id","subscriber_id","applied_at");--> statement-breakpoint
CREATE INDEX "access_states_due" ON "access_states" USING btree ("organisation_id","installation_id","urgent","next_attempt_at") WHERE "access_states"."status" <> 'in_sync';--> statement-breakpoint
CREATE INDEX "access_states_recheck" ON "access_states" USING btree ("organisation_id","recheck_on") WHERE "access_states"."recheck_on" is not null;--> statement-breakpoint
CREATE INDEX "access_states_awaiting" ON "access_states" USING btree ("organisation_id","service_id") WHERE "access_states"."wanted_reason" = 'awaiting_approval';--> statement-breakpoint
CREATE INDEX "access_states_subscriber" ON "access_states" USING btree ("organisation_id","subscriber_id");--> statement-breakpoint
CREATE INDEX "services_subscription" ON "services" USING btree ("organisation_id","subscription_id");--> statement-breakpoint
CREATE INDEX "services_subscriber" ON "services" USING btree ("organisation_id","subscriber_id");--> statement-breakpoint
CREATE INDEX "subscribers_parent_children" ON "subscribers" USING btree ("organisation_id","parent_id") WHERE "subscribers"."parent_id" is not null;--> statement-breakpoint
CREATE INDEX "subscribers_phone" ON "subscribers" USING btree ("organisation_id","phone");--> statement-breakpoint
CREATE INDEX "subscribers_phone_sha256" ON "subscribers" USING btree ("organisation_id","phone_sha256");--> statement-breakpoint
CREATE INDEX "subscription_pauses_to_settle" ON "subscription_pauses" USING btree ("organisation_id","until_on") WHERE "subscription_pauses"."settled_on" is null and "subscription_pauses"."until_on" is not null;--> statement-breakpoint
CREATE INDEX "subscription_terms_from" ON "subscription_terms" USING btree ("organisation_id","subscription_id","from_on");--> statement-breakpoint
CREATE INDEX "subscription_terms_price" ON "subscription_terms" USING btree ("organisation_id","price_id","subscription_id");--> statement-breakpoint
CREATE INDEX "subscriptions_renewals" ON "subscriptions" USING btree ("organisation_id","renewal_on","id") WHERE "subscriptions"."renewal_on" is not null;--> statement-breakpoint
CREATE INDEX "subscriptions_passes" ON "subscriptions" USING btree ("organisation_id","pass_turns_at") WHERE "subscriptions"."pass_turns_at" is not null;--> statement-breakpoint
CREATE INDEX "subscriptions_subscriber" ON "subscriptions" USING btree ("organisation_id","subscriber_id");--> statement-breakpoint
CREATE INDEX "subscriptions_payer" ON "subscriptions" USING btree ("organisation_id","payer_id");--> statement-breakpoint
CREATE INDEX "subscriptions_base" ON "subscriptions" USING btree ("organisation_id","base_id") WHERE "subscriptions"."base_id" is not null;--> statement-breakpoint
CREATE INDEX "subscriptions_awaiting" ON "subscriptions" USING btree ("organisation_id","payer_id") WHERE "subscriptions"."awaits" is not null;--> statement-breakpoint
CREATE INDEX "subscriptions_due" ON "subscriptions" USING btree ("organisation_id","next_invoice_on","payer_id") WHERE "subscriptions"."next_invoice_on" is not null and "subscriptions"."parked_reason" is null;--> statement-breakpoint
CREATE INDEX "allowances_subscription" ON "allowances" USING btree ("organisation_id","subscription_id","unit","valid_until");--> statement-breakpoint
CREATE INDEX "allowances_claim" ON "allowances" USING btree ("organisation_id","invoice_id") WHERE "allowances"."invoice_id" is not null;--> statement-breakpoint
CREATE INDEX "usage_days_due" ON "usage_days" USING btree ("organisation_id","due_on","subscription_id") WHERE "usage_days"."due_on" is not null;--> statement-breakpoint
CREATE INDEX "usage_records_day" ON "usage_records" USING btree ("organisation_id","subscription_id","unit","day");