//! Zip archives unpacked under names of our own, with every limit held while inflating.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use zip::ZipArchive;
use zip::result::ZipError;

use super::limits;
use super::source::ReadError;

/// One unpacked file.
#[derive(Debug)]
pub(super) struct Unpacked {
    /// Its name in the archive, decoded, for people and for finding side files; never a path.
    pub(super) name: String,
    /// Where its bytes are now.
    pub(super) file: PathBuf,
}

impl Unpacked {
    /// The lower-case extension of the name.
    pub(super) fn extension(&self) -> String {
        let last = self.name.rsplit('/').next().unwrap_or_default();
        last.rsplit_once('.')
            .map(|(_, e)| e.to_ascii_lowercase())
            .unwrap_or_default()
    }

    /// The name without its extension.
    pub(super) fn stem(&self) -> &str {
        let end = self.name.len().saturating_sub(self.extension().len() + 1);
        self.name.get(..end).unwrap_or(&self.name)
    }
}

/// Unpacks every file of an archive into a folder, as `e0000`, `e0001`, ….
///
/// # Errors
/// Archives that are broken, encrypted, too big, too many, too dense, that overlap, or hold links
/// or names that lead elsewhere. Nothing outside the folder is ever touched.
pub(super) fn unpack(path: &Path, folder: &Path) -> Result<Vec<Unpacked>, ReadError> {
    let unreadable = |source| ReadError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut file = File::open(path).map_err(unreadable)?;
    refuse_crowds(&mut file, path)?;
    let packed_bytes = file.metadata().map_err(unreadable)?.len();
    let mut archive = ZipArchive::new(io::BufReader::new(file)).map_err(broken)?;
    if archive.len() > limits::ARCHIVE_FILES {
        return Err(ReadError::ArchiveTooManyFiles {
            limit: limits::ARCHIVE_FILES,
        });
    }
    refuse_overlaps(&mut archive)?;
    let mut unpacked = Vec::new();
    let mut budget = Budget {
        written_bytes: 0,
        packed_bytes,
    };
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(broken)?;
        let name = decoded_name(entry.name_raw());
        refuse_name(&name)?;
        if entry.is_symlink() || is_special(entry.unix_mode()) {
            return Err(ReadError::ArchiveLink { name });
        }
        if entry.is_dir() || name.ends_with('/') {
            continue;
        }
        let to = folder.join(format!("e{index:04}"));
        let mut output = File::create_new(&to).map_err(|source| ReadError::Unreadable {
            path: to.clone(),
            source,
        })?;
        budget.inflate(&mut entry, &mut output)?;
        unpacked.push(Unpacked { name, file: to });
    }
    Ok(unpacked)
}

/// The end record's own count, read before the directory is: a million entries fill the memory.
fn refuse_crowds(file: &mut File, path: &Path) -> Result<(), ReadError> {
    let count = stated_count(file).map_err(|source| ReadError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    if count.is_some_and(|count| usize::from(count) > limits::ARCHIVE_FILES) {
        return Err(ReadError::ArchiveTooManyFiles {
            limit: limits::ARCHIVE_FILES,
        });
    }
    Ok(())
}

fn stated_count(file: &mut File) -> io::Result<Option<u16>> {
    const END_RECORD_BYTES: u64 = 22;
    const LONGEST_COMMENT_BYTES: u64 = 65_535;
    let length = file.seek(SeekFrom::End(0))?;
    let tail_bytes = length.min(END_RECORD_BYTES + LONGEST_COMMENT_BYTES);
    file.seek(SeekFrom::Start(length - tail_bytes))?;
    let mut tail = Vec::new();
    Read::by_ref(file).take(tail_bytes).read_to_end(&mut tail)?;
    file.seek(SeekFrom::Start(0))?;
    let end = tail.windows(4).rposition(|window| window == b"PK\x05\x06");
    let bytes = end.and_then(|at| tail.get(at + 10..at + 12));
    Ok(bytes
        .and_then(|b| <[u8; 2]>::try_from(b).ok())
        .map(u16::from_le_bytes))
}

/// Two entries over the same bytes are how a small file becomes petabytes.
fn refuse_overlaps<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Result<(), ReadError> {
    if archive.has_overlapping_entries().map_err(broken)? {
        return Err(ReadError::ArchiveOverlap);
    }
    Ok(())
}

/// UTF-8 when the bytes are, else GBK: Chinese zip programs set no flag.
fn decoded_name(raw: &[u8]) -> String {
    let text = std::str::from_utf8(raw).map_or_else(
        |_not_utf8| {
            encoding_rs::GB18030
                .decode_without_bom_handling(raw)
                .0
                .into_owned()
        },
        str::to_owned,
    );
    text.replace('\\', "/")
}

fn refuse_name(name: &str) -> Result<(), ReadError> {
    let leads_elsewhere = name.starts_with('/')
        || name.contains('\0')
        || name.split('/').any(|step| step == "..")
        || name.get(1..2) == Some(":");
    if leads_elsewhere {
        return Err(ReadError::ArchiveUnsafeName {
            name: name.to_owned(),
        });
    }
    Ok(())
}

/// Anything but a plain file or a folder in the file type bits of a Unix mode.
fn is_special(mode: Option<u32>) -> bool {
    const TYPE_BITS: u32 = 0o170_000;
    const FOLDER: u32 = 0o040_000;
    const PLAIN: u32 = 0o100_000;
    mode.is_some_and(|mode| !matches!(mode & TYPE_BITS, 0 | FOLDER | PLAIN))
}

struct Budget {
    written_bytes: u64,
    packed_bytes: u64,
}

impl Budget {
    /// Inflates one entry, counting what comes out, not what the directory promises.
    fn inflate(&mut self, entry: &mut impl Read, output: &mut File) -> Result<(), ReadError> {
        let mut buffer = vec![0_u8; 64 * 1024];
        loop {
            let count = entry
                .read(&mut buffer)
                .map_err(|error| ReadError::ArchiveMalformed {
                    detail: error.to_string(),
                })?;
            let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else {
                return Ok(());
            };
            self.written_bytes += u64::try_from(count).unwrap_or(u64::MAX);
            if self.written_bytes > limits::ARCHIVE_BYTES {
                return Err(ReadError::ArchiveTooLarge {
                    limit_bytes: limits::ARCHIVE_BYTES,
                });
            }
            if self.written_bytes > limits::ARCHIVE_RATIO_FREE_BYTES
                && self.written_bytes / limits::ARCHIVE_RATIO > self.packed_bytes
            {
                return Err(ReadError::ArchiveRatio {
                    limit: limits::ARCHIVE_RATIO,
                });
            }
            output
                .write_all(bytes)
                .map_err(|error| ReadError::ArchiveMalformed {
                    detail: format!("cannot unpack: {error}"),
                })?;
        }
    }
}

fn broken(error: ZipError) -> ReadError {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            ReadError::ArchiveEncrypted
        }
        other => ReadError::ArchiveMalformed {
            detail: other.to_string(),
        },
    }
}
