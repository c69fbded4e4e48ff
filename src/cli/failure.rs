//! How a command fails: a sentence that says what is wrong and what to do, and an exit code.

use std::process::ExitCode;

use super::Lang;
use crate::service::ServiceError;
use crate::store::StoreError;

/// A command that did not do what it was asked to.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    zh: String,
    en: String,
}

impl Failure {
    /// The command was given wrongly.
    pub fn usage(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            code: 2,
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// It ran, and what it found forbids going on.
    pub fn findings(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            code: 1,
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// The data directory cannot be used.
    pub fn data(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            code: 3,
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// Anything else.
    pub fn other(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            code: 4,
            zh: zh.into(),
            en: en.into(),
        }
    }

    pub(super) fn report(&self, lang: Lang) -> ExitCode {
        super::output::error_line(lang.pick(&self.zh, &self.en));
        ExitCode::from(self.code)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let en = error.to_string();
        match &error {
            StoreError::Newer { .. } => Self::data(
                format!("数据目录由更新版本的青山写成，请安装新版本后再用（{en}）"),
                en,
            ),
            StoreError::BadBackup { .. } => {
                Self::data(format!("备份不可用，什么都没有写入：{en}"), en)
            }
            _ if error.is_disk_full() => Self::data(
                "磁盘已满，什么都没有写入；请腾出空间后重试",
                "the disk is full, nothing was written; make room and try again",
            ),
            _ => Self::data(format!("数据目录无法使用：{en}"), en),
        }
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        let en = error.to_string();
        match error {
            ServiceError::Store(error) => error.into(),
            ServiceError::NotFound { what, key } => {
                let zh = match what {
                    "site" => format!("没有编号为 {key} 的矿山；先用 import --as sites 导入"),
                    "obligation" => format!("没有任务 {key}；用 obligation list 查看现有任务"),
                    "batch" => format!("没有第 {key} 批导入；检查批次号"),
                    _ => format!("没有 {what} {key}"),
                };
                Self::usage(zh, en)
            }
            ServiceError::Invalid { .. } => Self::usage(format!("参数不可用：{en}"), en),
            ServiceError::Refused(_) | ServiceError::Embedded { .. } => Self::other(en.clone(), en),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::other(
            format!("读写失败：{error}"),
            format!("cannot read or write: {error}"),
        )
    }
}
