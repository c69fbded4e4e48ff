//! Stage colours for QGIS, kept in the file so that every reader shows the same map.

use rusqlite::Connection;

use crate::domain::Stage;

/// Fill and outline of each claimed stage on a light map, the same as the page's legend.
const FILLS: [(Stage, &str); 6] = [
    (Stage::Clear, "79,29,26"),
    (Stage::Shape, "156,63,22"),
    (Stage::CoverSoil, "188,124,12"),
    (Stage::Regreen, "169,204,122"),
    (Stage::Maintain, "180,239,230"),
    (Stage::Released, "184,193,198"),
];
const OUTLINE: &str = "11,61,54";

pub(super) fn add_stage_styles(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute(
        "insert into layer_styles (f_table_catalog, f_table_schema, f_table_name,
           f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner)
         values ('', '', 'claim', 'geom', '五步法 five stages', ?1, '', 1,
           '阶段颜色 stage colours', '')",
        [stage_qml()],
    )?;
    connection.execute(
        "insert into gpkg_contents (table_name, data_type, identifier)
         values ('layer_styles', 'attributes', 'layer_styles')",
        [],
    )?;
    Ok(())
}

/// A QGIS style that sorts claims by stage.
fn stage_qml() -> String {
    use std::fmt::Write;
    let mut categories = String::new();
    let mut symbols = String::new();
    for (place, (stage, fill)) in FILLS.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = write!(
            categories,
            r#"<category render="true" symbol="{place}" value="{}" label="{} {}"/>"#,
            stage.number(),
            stage.zh(),
            stage.code()
        );
        let _ = write!(
            symbols,
            r#"<symbol type="fill" name="{place}" alpha="0.85"><layer class="SimpleFill" enabled="1"><Option type="Map"><Option name="color" type="QString" value="{fill},255"/><Option name="outline_color" type="QString" value="{OUTLINE},255"/><Option name="outline_width" type="QString" value="0.3"/><Option name="style" type="QString" value="solid"/></Option></layer></symbol>"#
        );
    }
    format!(
        r#"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'><qgis version="3.22" styleCategories="Symbology"><renderer-v2 type="categorizedSymbol" attr="stage" enableorderby="0" forceraster="0" symbollevels="0"><categories>{categories}</categories><symbols>{symbols}</symbols></renderer-v2></qgis>"#
    )
}
