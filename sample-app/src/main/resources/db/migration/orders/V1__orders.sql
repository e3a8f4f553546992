create table orders (
	id uuid primary key,
	customer_id text not null check (customer_id <> ''),
	total bigint not null check (total >= 0),
	status text not null check (status in ('pending', 'confirmed', 'cancelled', 'failed')),
	reason text,
	carrier text,
	tracking_number text,
	shipment_failure text,
	created_at timestamptz not null,
	updated_at timestamptz not null default now()
);

create index on orders (created_at desc, id);
create index on orders (customer_id);

create table order_items (
	order_id uuid not null references orders on delete cascade,
	line integer not null,
	item_id text not null,
	quantity integer not null check (quantity > 0),
	price bigint not null check (price >= 0),
	primary key (order_id, line)
);

-- Messages decided in a transaction and not sent yet, with the trace context of the request.
create table outbox (
	id bigint generated always as identity primary key,
	topic text not null,
	message_key text not null,
	payload text not null,
	context jsonb not null,
	created_at timestamptz not null default now()
);
