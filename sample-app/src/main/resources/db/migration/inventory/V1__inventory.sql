create table stock (
	item_id text primary key,
	name text not null,
	available integer not null check (available >= 0),
	reserved integer not null default 0 check (reserved >= 0)
);

-- One row per order that asked, also if it was turned down: asked again, it gets the same answer.
create table reservations (
	order_id uuid primary key,
	rejection text,
	detail text,
	created_at timestamptz not null default now()
);

create table reservation_items (
	order_id uuid not null references reservations on delete cascade,
	item_id text not null references stock,
	quantity integer not null check (quantity > 0),
	primary key (order_id, item_id)
);

insert into stock (item_id, name, available) values
	('ITEM-001', 'Wireless Mouse', 100),
	('ITEM-002', 'Mechanical Keyboard', 50),
	('ITEM-003', 'USB-C Hub', 200),
	('ITEM-004', 'Monitor Stand', 75),
	('ITEM-005', 'Webcam HD', 30),
	('ITEM-006', 'Headset Pro', 150),
	('ITEM-007', 'Mouse Pad XL', 300),
	('ITEM-008', 'Cable Management Kit', 120),
	('ITEM-009', 'Laptop Stand', 80),
	('ITEM-010', 'Desk Lamp LED', 60),
	-- No carrier takes this one: see orderflow.shipping.freight-items.
	('ITEM-012', 'Grand Piano', 100),
	-- Reserving this one fails: see orderflow.inventory.broken-items.
	('ITEM-013', 'Cursed Keyboard', 100);
