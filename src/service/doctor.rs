//! What this machine offers: libraries, disk, and whether the data directory can be used.

use std::path::Path;

use crate::formats::engine_versions;
use crate::store::{Store, sqlite_version};

/// One thing that was looked at.
#[derive(Clone, Debug)]
pub struct Check {
    /// Whether it is as it should be.
    pub good: bool,
    /// What was found, Chinese.
    pub zh: String,
    /// What was found, English.
    pub en: String,
}

/// Looks at the libraries and the data directory; changes nothing but an empty directory.
#[must_use]
pub fn examine(data_dir: &Path) -> Vec<Check> {
    let versions = engine_versions();
    let missing = versions.missing_drivers.join(", ");
    let mut checks = vec![
        Check {
            good: versions.missing_drivers.is_empty(),
            zh: if missing.is_empty() {
                format!("GDAL {}，所需格式驱动齐全", versions.gdal)
            } else {
                format!(
                    "GDAL {} 缺少驱动：{missing}；安装 libgdal-dev 完整版",
                    versions.gdal
                )
            },
            en: if missing.is_empty() {
                format!("GDAL {} with every format driver", versions.gdal)
            } else {
                format!(
                    "GDAL {} lacks {missing}; install the full libgdal-dev",
                    versions.gdal
                )
            },
        },
        Check {
            good: versions.transforms,
            zh: format!(
                "坐标转换 EPSG:4547 → EPSG:4490 {}",
                if versions.transforms {
                    "正常"
                } else {
                    "失败；安装 proj-data"
                }
            ),
            en: format!(
                "EPSG:4547 → EPSG:4490 {}",
                if versions.transforms {
                    "works"
                } else {
                    "fails; install proj-data"
                }
            ),
        },
        Check {
            good: true,
            zh: format!("SQLite {}", sqlite_version()),
            en: format!("SQLite {}", sqlite_version()),
        },
    ];
    checks.push(data_check(data_dir));
    checks
}

fn data_check(data_dir: &Path) -> Check {
    let place = data_dir.display();
    if !data_dir.exists() {
        return Check {
            good: true,
            zh: format!("数据目录 {place} 还没有；qingshan demo 或 serve 会建立它"),
            en: format!("no data directory {place} yet; `qingshan demo` or `serve` makes it"),
        };
    }
    let seen = Store::open(data_dir).and_then(|store| store.read(|snapshot| snapshot.revision()));
    match seen {
        Ok(revision) => Check {
            good: true,
            zh: format!("数据目录 {place} 可用，已有 {revision} 条变更"),
            en: format!("data directory {place} works and holds {revision} changes"),
        },
        Err(error) => Check {
            good: false,
            zh: format!("数据目录 {place} 不可用：{error}"),
            en: format!("data directory {place} cannot be used: {error}"),
        },
    }
}
