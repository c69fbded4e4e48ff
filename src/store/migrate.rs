//! Forward-only migrations. The file is a GeoPackage 1.2 from its first commit on.

use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;

/// 'GPKG' as a big-endian integer.
// Source: OGC 12-128r15 (GeoPackage 1.2), requirement 2.
const APPLICATION_ID: i64 = 0x4750_4B47;
/// GeoPackage 1.2.0, which SQLite keeps as the user version.
const GEOPACKAGE_VERSION: i64 = 10_200;

/// Tables of the ledger in the order in which their rows are hashed; rows are only ever added.
pub(super) const HASHED: [&str; 13] = [
    "import_batch",
    "site",
    "site_terms",
    "boundary",
    "parcel",
    "claim",
    "claim_grade",
    "disturbance",
    "exemption",
    "record_end",
    "reference_area",
    "obligation",
    "obligation_terms",
];

/// Tables with a geometry column `geom`, and what QGIS calls them.
pub(super) const FEATURES: [(&str, &str); 6] = [
    ("boundary", "界线 boundary"),
    ("parcel", "图斑 parcel"),
    ("claim", "阶段申报 claim"),
    ("disturbance", "扰动 disturbance"),
    ("exemption", "豁免 exemption"),
    ("reference_area", "参考区划 reference area"),
];

/// Tables without geometry that other programs may read.
const ATTRIBUTES: [(&str, &str); 7] = [
    ("site", "矿山园区 site"),
    ("site_terms", "名称与责任 site terms"),
    ("claim_grade", "证据等级 claim grade"),
    ("record_end", "撤销与更替 record end"),
    ("obligation", "整改任务 obligation"),
    ("import_batch", "导入批次 import batch"),
    ("change", "变更 change"),
];

type Migration = fn(&Connection) -> rusqlite::Result<()>;

/// Every migration ever released, in order; never edited after release.
const MIGRATIONS: [(&str, Migration); 1] = [("0001_create_ledger", create_ledger)];

/// Brings the file up to this program's version.
///
/// # Errors
/// [`StoreError::Newer`] when a newer program wrote the file; nothing is changed then.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    connection.execute_batch(
        "create table if not exists schema_migration (
           version integer primary key, name text not null,
           applied_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ','now')))",
    )?;
    let applied: u32 =
        connection.query_row("select count(*) from schema_migration", [], |row| {
            row.get(0)
        })?;
    let applied = usize::try_from(applied).unwrap_or(usize::MAX);
    if applied > MIGRATIONS.len() {
        return Err(StoreError::Newer {
            found: applied,
            known: MIGRATIONS.len(),
        });
    }
    for (version, (name, run)) in MIGRATIONS.iter().enumerate().skip(applied) {
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        run(&tx)?;
        tx.execute(
            "insert into schema_migration (version, name) values (?1, ?2)",
            (i64::try_from(version).unwrap_or(i64::MAX) + 1, name),
        )?;
        tx.commit()?;
    }
    Ok(())
}

fn create_ledger(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", GEOPACKAGE_VERSION)?;
    connection.execute_batch(include_str!("migrations/0001_create_ledger.sql"))?;
    for (table, identifier) in FEATURES {
        connection.execute_batch(&feature_table(table, identifier))?;
    }
    for (table, identifier) in ATTRIBUTES {
        connection.execute(
            "insert into gpkg_contents (table_name, data_type, identifier) values (?1, 'attributes', ?2)",
            (table, identifier),
        )?;
    }
    connection.execute_batch(&append_only_guard("change"))?;
    for table in HASHED {
        connection.execute_batch(&append_only_guard(table))?;
        connection.execute_batch(&format!(
            "create index {table}_by_change on {table} (change_seq)"
        ))?;
    }
    connection.execute_batch(&write_guard("timeline"))?;
    super::styles::add_stage_styles(connection)
}

/// Registers a feature table and its R-tree (extension `gpkg_rtree_index`, triggers of 1.2).
// Source: OGC 12-128r15, annex F.3.
fn feature_table(t: &str, identifier: &str) -> String {
    let id = "id";
    let g = "geom";
    format!(
        "insert into gpkg_contents (table_name, data_type, identifier, srs_id)
           values ('{t}', 'features', '{identifier}', 4490);
         insert into gpkg_geometry_columns values ('{t}', '{g}', 'MULTIPOLYGON', 4490, 0, 0);
         insert into gpkg_extensions values ('{t}', '{g}', 'gpkg_rtree_index',
           'http://www.geopackage.org/spec120/#extension_rtree', 'write-only');
         create virtual table rtree_{t}_{g} using rtree(id, minx, maxx, miny, maxy);
         create trigger rtree_{t}_{g}_insert after insert on {t}
           when (new.{g} not null and not ST_IsEmpty(new.{g}))
         begin
           insert or replace into rtree_{t}_{g} values (new.{id},
             ST_MinX(new.{g}), ST_MaxX(new.{g}), ST_MinY(new.{g}), ST_MaxY(new.{g}));
         end;
         create trigger rtree_{t}_{g}_update1 after update of {g} on {t}
           when old.{id} = new.{id} and (new.{g} notnull and not ST_IsEmpty(new.{g}))
         begin
           insert or replace into rtree_{t}_{g} values (new.{id},
             ST_MinX(new.{g}), ST_MaxX(new.{g}), ST_MinY(new.{g}), ST_MaxY(new.{g}));
         end;
         create trigger rtree_{t}_{g}_update2 after update of {g} on {t}
           when old.{id} = new.{id} and (new.{g} isnull or ST_IsEmpty(new.{g}))
         begin
           delete from rtree_{t}_{g} where id = old.{id};
         end;
         create trigger rtree_{t}_{g}_update3 after update on {t}
           when old.{id} != new.{id} and (new.{g} notnull and not ST_IsEmpty(new.{g}))
         begin
           delete from rtree_{t}_{g} where id = old.{id};
           insert or replace into rtree_{t}_{g} values (new.{id},
             ST_MinX(new.{g}), ST_MaxX(new.{g}), ST_MinY(new.{g}), ST_MaxY(new.{g}));
         end;
         create trigger rtree_{t}_{g}_update4 after update on {t}
           when old.{id} != new.{id} and (new.{g} isnull or ST_IsEmpty(new.{g}))
         begin
           delete from rtree_{t}_{g} where id in (old.{id}, new.{id});
         end;
         create trigger rtree_{t}_{g}_delete after delete on {t}
           when old.{g} not null
         begin
           delete from rtree_{t}_{g} where id = old.{id};
         end;"
    )
}

/// Rows are added by our own writer only, and never changed or taken away.
fn append_only_guard(table: &str) -> String {
    format!(
        "create trigger guard_{table}_insert before insert on {table}
         begin select qingshan_writer(); end;
         create trigger guard_{table}_update before update on {table}
         begin select raise(abort, '{table} is append-only: supersede or revoke the record through qingshan'); end;
         create trigger guard_{table}_delete before delete on {table}
         begin select raise(abort, '{table} is append-only: supersede or revoke the record through qingshan'); end;"
    )
}

/// Rows are written by our own writer only.
fn write_guard(table: &str) -> String {
    ["insert", "update", "delete"]
        .map(|verb| {
            format!(
                "create trigger guard_{table}_{verb} before {verb} on {table}
                 begin select qingshan_writer(); end;"
            )
        })
        .concat()
}
