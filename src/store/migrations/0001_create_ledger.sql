-- The GeoPackage core, the ledger's tables and their guards.
create table gpkg_spatial_ref_sys (
  srs_name TEXT not null,
  srs_id INTEGER not null primary key,
  organization TEXT not null,
  organization_coordsys_id INTEGER not null,
  definition TEXT not null,
  description TEXT
);
create table gpkg_contents (
  table_name TEXT not null primary key,
  data_type TEXT not null,
  identifier TEXT unique,
  description TEXT default '',
  last_change DATETIME not null default (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
  srs_id INTEGER,
  constraint fk_gc_r_srs_id foreign key (srs_id) references gpkg_spatial_ref_sys(srs_id)
);
create table gpkg_geometry_columns (
  table_name TEXT not null,
  column_name TEXT not null,
  geometry_type_name TEXT not null,
  srs_id INTEGER not null,
  z TINYINT not null,
  m TINYINT not null,
  constraint pk_geom_cols primary key (table_name, column_name),
  constraint uk_gc_table_name unique (table_name),
  constraint fk_gc_tn foreign key (table_name) references gpkg_contents(table_name),
  constraint fk_gc_srs foreign key (srs_id) references gpkg_spatial_ref_sys(srs_id)
);
create table gpkg_extensions (
  table_name TEXT,
  column_name TEXT,
  extension_name TEXT not null,
  definition TEXT not null,
  scope TEXT not null,
  constraint ge_tce unique (table_name, column_name, extension_name)
);
insert into gpkg_spatial_ref_sys values
  ('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined cartesian coordinate reference system'),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
  ('WGS 84', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]', 'longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid'),
  ('China Geodetic Coordinate System 2000', 4490, 'EPSG', 4490, 'GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101,AUTHORITY["EPSG","1024"]],AUTHORITY["EPSG","1043"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4490"]]', 'CGCS2000 longitude/latitude in decimal degrees');

create table change (
  seq INTEGER primary key,
  recorded_at DATETIME not null,
  actor TEXT not null check (actor <> ''),
  action TEXT not null check (action <> ''),
  subject TEXT not null,
  payload TEXT not null,
  rows_sha256 TEXT not null,
  prev_hash TEXT not null,
  hash TEXT not null unique
);
create table import_batch (
  id INTEGER primary key,
  file_name TEXT not null,
  sha256 TEXT not null,
  what TEXT not null,
  crs TEXT not null,
  encoding TEXT not null,
  mapping TEXT not null,
  counts TEXT not null,
  recorded_at DATETIME not null,
  change_seq INTEGER not null references change(seq) deferrable initially deferred
);
create table site (
  id INTEGER primary key,
  code TEXT not null unique check (code <> ''),
  kind TEXT not null,
  synthetic BOOLEAN not null,
  recorded_at DATETIME not null,
  change_seq INTEGER not null references change(seq) deferrable initially deferred
);
create table site_terms (
  id INTEGER primary key,
  site_id INTEGER not null references site(id),
  name TEXT not null,
  category TEXT,
  township TEXT,
  liable TEXT,
  licence_no TEXT,
  attributes TEXT not null,
  valid_from DATE,
  valid_to DATE,
  batch_id INTEGER references import_batch(id),
  recorded_at DATETIME not null,
  change_seq INTEGER not null references change(seq) deferrable initially deferred
);
create table boundary (
  id INTEGER primary key,
  geom MULTIPOLYGON not null,
  site_id INTEGER not null references site(id),
  site_code TEXT not null,
  role TEXT not null,
  valid_from DATE,
  valid_to DATE,
  attributes TEXT not null,
  batch_id INTEGER references import_batch(id),
  recorded_at DATETIME not null,
  change_seq INTEGER not null references change(seq) deferrable initially deferred
);
create table parcel (
  id INTEGER primary key,
  geom MULTIPOLYGON not null,
  site_id INTEGER not null references site(id),
  site_code TEXT not null,
  parcel_no TEXT not null,
  place_type TEXT not null,
  valid_from DATE,
  valid_to DATE,
  attributes TEXT not null,
  batch_id INTEGER references import_batch(id),
  recorded_at DATETIME not null,
  change_seq INTEGER not null references change(seq) deferrable initially deferred
);
create table claim (
  id INTEGER primary key,
  geom MULTIPOLYGON not null,
  site_id INTEGER not null references site(id),
  site_code TEXT not null,
  stage INTEGER not null check (stage between 0 and 6),
  valid_on DATE not null,
  attributes TEXT not null,
  batch_id INTEGER references import_batch(id),
  recorded_at DATETIME not null,
  change_seq INTEGER not null references change(seq) deferrable initially deferred
);
create table claim_grade (
  id INTEGER primary key,
  claim_id INTEGER not null references claim(id),
  grade INTEGER not null check (grade between 1 and 4),
  person TEXT not null,
  reason TEXT,
  recorded_at DATETIME not null,
  change_seq INTEGER not null references change(seq) deferrable initially deferred
);
create table disturbance (
  id INTEGER primary key,
  geom MULTIPOLYGON not null,
  site_id INTEGER not null references site(id),
  site_code TEXT not null,
  to_stage INTEGER not null check (to_stage between 0 and 6),
  valid_on DATE not null,
  reason TEXT,
  attributes TEXT not null,
  batch_id INTEGER references import_batch(id),
  recorded_at DATETIME not null,
  change_seq INTEGER not null references change(seq) deferrable initially deferred
);
create table exemption (
  id INTEGER primary key,
  geom MULTIPOLYGON not null,
  site_id INTEGER not null references site(id),
  site_code TEXT not null,
  reason TEXT not null,
  valid_from DATE,
  valid_to DATE,
  attributes TEXT not null,
  batch_id INTEGER references import_batch(id),
  recorded_at DATETIME not null,
  change_seq INTEGER not null references change(seq) deferrable initially deferred
);
create table record_end (
  id INTEGER primary key,
  kind TEXT not null,
  record_id INTEGER not null,
  why TEXT not null check (why in ('revoked', 'superseded')),
  reason TEXT not null,
  recorded_at DATETIME not null,
  change_seq INTEGER not null references change(seq) deferrable initially deferred,
  unique (kind, record_id)
);
create table reference_area (
  id INTEGER primary key,
  geom MULTIPOLYGON not null,
  kind TEXT not null check (kind in ('county', 'township')),
  name TEXT not null,
  synthetic BOOLEAN not null,
  attributes TEXT not null,
  batch_id INTEGER references import_batch(id),
  recorded_at DATETIME not null,
  change_seq INTEGER not null references change(seq) deferrable initially deferred
);
create table obligation (
  id INTEGER primary key,
  key TEXT not null unique check (key <> ''),
  title_zh TEXT not null,
  title_en TEXT not null,
  item_no INTEGER,
  measure_no INTEGER,
  required_stage INTEGER not null check (required_stage between 1 and 6),
  source_zh TEXT not null,
  source_en TEXT not null,
  recorded_at DATETIME not null,
  change_seq INTEGER not null references change(seq) deferrable initially deferred
);
create table obligation_terms (
  id INTEGER primary key,
  obligation_id INTEGER not null references obligation(id),
  due_on DATE not null,
  scope TEXT not null,
  scope_geom BLOB,
  valid_from DATE,
  valid_to DATE,
  recorded_at DATETIME not null,
  change_seq INTEGER not null references change(seq) deferrable initially deferred
);
-- Computed from the records above; may be thrown away and made again at any time.
create table timeline (
  site_id INTEGER primary key references site(id),
  change_seq INTEGER not null,
  steps BLOB not null
);
create index timeline_by_change on timeline (change_seq);
create table layer_styles (
  id INTEGER primary key autoincrement,
  f_table_catalog TEXT, f_table_schema TEXT, f_table_name TEXT, f_geometry_column TEXT,
  styleName TEXT, styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
  owner TEXT, ui TEXT, update_time DATETIME default (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
);

create index site_terms_by_site on site_terms (site_id);
create index boundary_by_site on boundary (site_id);
create index parcel_by_site on parcel (site_id);
create index claim_by_site on claim (site_id);
create index claim_grade_by_claim on claim_grade (claim_id);
create index disturbance_by_site on disturbance (site_id);
create index exemption_by_site on exemption (site_id);
create index obligation_terms_by_obligation on obligation_terms (obligation_id);
