//! Hostile `GeoPackage` files.

use rusqlite::Connection;

use super::{Case, case, fixture};

pub fn cases() -> Vec<Case> {
    let whole = fixture("sites_4490.gpkg");
    let mut wiped = whole.clone();
    wiped[4096..12_288].fill(0xA5);
    let virtual_text = altered(
        "pragma writable_schema = on;
         insert into sqlite_master (type, name, tbl_name, rootpage, sql) values
           ('table', 'leak', 'leak', 0,
            'CREATE VIRTUAL TABLE leak USING VirtualText(''/etc/passwd'', UTF8, 0)');",
    );
    let virtual_ogr = altered(
        "pragma writable_schema = on;
         insert into sqlite_master (type, name, tbl_name, rootpage, sql) values
           ('table', 'leak', 'leak', 0,
            'CREATE VIRTUAL TABLE leak USING VirtualOGR(''/etc/passwd'')');",
    );
    let endless = altered(
        "create view endless as
           with recursive n(i) as (select 1 union all select i + 1 from n) select i as fid from n;
         insert into gpkg_contents (table_name, data_type, identifier, srs_id)
           values ('endless', 'attributes', 'endless', 0);",
    );
    let no_layer = altered("delete from gpkg_geometry_columns; delete from gpkg_contents;");
    let not_finite = altered(
        "drop trigger rtree_sites_geom_insert;
         insert into sites (geom) values (x'47500001' || x'8A110000'
           || x'0106000000' || x'01000000' || x'0103000000' || x'01000000' || x'04000000'
           || x'000000000000F87F' || x'0000000000000000'
           || x'0000000000000840' || x'0000000000000000'
           || x'0000000000000840' || x'0000000000000840'
           || x'000000000000F87F' || x'0000000000000000');
         delete from sites where fid < 3;",
    );
    vec![
        case(
            "header_only.gpkg",
            b"SQLite format 3\0garbage".as_slice(),
            "format.malformed",
        ),
        case("cut.gpkg", &whole[..40_000], "format.malformed"),
        case("wiped.gpkg", wiped, "format.malformed"),
        case("virtual_text.gpkg", virtual_text, "format.not_allowed"),
        case("virtual_ogr.gpkg", virtual_ogr, "format.not_allowed"),
        case("endless.gpkg", endless, "format.not_allowed"),
        case("no_layer.gpkg", no_layer, "format.malformed"),
        case("not_finite.gpkg", not_finite, "geometry.not_finite"),
        case("plain_sqlite.gpkg", plain_sqlite(), "format.malformed"),
    ]
}

/// The good GeoPackage after some statements.
fn altered(sql: &str) -> Vec<u8> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), fixture("sites_4490.gpkg")).unwrap();
    let connection = Connection::open(file.path()).unwrap();
    // The R-tree triggers of the file call functions that only a GeoPackage program has.
    for name in ["ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"] {
        let flags = rusqlite::functions::FunctionFlags::default();
        connection
            .create_scalar_function(name, 1, flags, |_| Ok(0.0))
            .unwrap();
    }
    connection.execute_batch(sql).unwrap();
    connection.close().unwrap();
    std::fs::read(file.path()).unwrap()
}

fn plain_sqlite() -> Vec<u8> {
    let file = tempfile::NamedTempFile::new().unwrap();
    let connection = Connection::open(file.path()).unwrap();
    connection
        .execute_batch("create table t (a); insert into t values (1);")
        .unwrap();
    connection.close().unwrap();
    std::fs::read(file.path()).unwrap()
}
