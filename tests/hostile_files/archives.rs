//! Zip archives byte by byte, so that they can lie.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// One entry and what is wrong with it.
#[derive(Clone)]
pub struct Entry {
    name: String,
    packed: Vec<u8>,
    length: u32,
    sum: u32,
    method: u16,
    flags: u16,
    mode: u32,
    /// Points at the bytes of the entry before it.
    shares: bool,
}

impl Entry {
    pub fn stored(name: &str, content: &[u8]) -> Self {
        let mut crc = flate2::Crc::new();
        crc.update(content);
        Self {
            name: name.to_owned(),
            packed: content.to_vec(),
            length: u32::try_from(content.len()).unwrap(),
            sum: crc.sum(),
            method: 0,
            flags: 0,
            mode: 0o100_644,
            shares: false,
        }
    }

    pub fn deflated(name: &str, content: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).unwrap();
        Self {
            packed: encoder.finish().unwrap(),
            method: 8,
            ..Self::stored(name, content)
        }
    }

    pub fn link(name: &str, to: &str) -> Self {
        Self {
            mode: 0o120_777,
            ..Self::stored(name, to.as_bytes())
        }
    }

    pub fn encrypted(name: &str, content: &[u8]) -> Self {
        Self {
            flags: 1,
            ..Self::stored(name, content)
        }
    }

    pub fn wrong_sum(name: &str, content: &[u8]) -> Self {
        Self {
            sum: 1,
            ..Self::stored(name, content)
        }
    }

    pub fn same_bytes(name: &str, content: &[u8]) -> Self {
        Self {
            shares: true,
            ..Self::stored(name, content)
        }
    }

    /// The fields that the local header and the directory share.
    fn common(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for number in [20, self.flags, self.method, 0, 0x54DE] {
            bytes.extend(number.to_le_bytes());
        }
        let packed = u32::try_from(self.packed.len()).unwrap();
        for number in [self.sum, packed, self.length] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(u16::try_from(self.name.len()).unwrap().to_le_bytes());
        bytes.extend(0_u16.to_le_bytes());
        bytes
    }
}

/// An archive of entries (APPNOTE 6.3.9, sections 4.3.7, 4.3.12 and 4.3.16).
pub fn raw_zip(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    let mut last = 0_u32;
    for entry in entries {
        let offset = if entry.shares {
            last
        } else {
            u32::try_from(bytes.len()).unwrap()
        };
        last = offset;
        if !entry.shares {
            bytes.extend(b"PK\x03\x04");
            bytes.extend(entry.common());
            bytes.extend(entry.name.as_bytes());
            bytes.extend(&entry.packed);
        }
        directory.extend(b"PK\x01\x02");
        // Made by Unix, so that the mode counts.
        directory.extend(((3_u16 << 8) | 0x1e).to_le_bytes());
        directory.extend(entry.common());
        directory.extend([0_u8; 6]);
        directory.extend((entry.mode << 16).to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(entry.name.as_bytes());
    }
    let begin = u32::try_from(bytes.len()).unwrap();
    let length = u32::try_from(directory.len()).unwrap();
    let count = u16::try_from(entries.len()).unwrap();
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(length.to_le_bytes());
    bytes.extend(begin.to_le_bytes());
    bytes.extend([0_u8; 2]);
    bytes
}
