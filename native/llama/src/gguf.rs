//! What does a GGUF file hold? Its metadata and where its tensors lie; versions 2 and 3, little-endian.
//!
//! The format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>. The bytes are a stranger's: every length is
//! compared with what is left before it is used. Arrays of the metadata (the vocabulary) are passed over, since a tokenizer
//! reads them from its own file.

use std::collections::HashMap;

use crate::error::{Error, Result};

const MAGIC: &[u8; 4] = b"GGUF";
const DEFAULT_ALIGNMENT: u64 = 32;
/// Metadata arrays may nest; deeper ones than this are refused.
const MAX_NESTING: usize = 4;
const MAX_DIMENSIONS: u32 = 4;

/// A scalar of the metadata.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Integer(i128),
    Float(f64),
    Flag(bool),
    Text(String),
    /// Elements of an array that was passed over.
    Array(u64),
}

/// Where a tensor lies and how its numbers are coded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorInfo {
    /// Innermost first: columns, then rows.
    pub dimensions: Vec<usize>,
    /// GGML's number of the type.
    pub kind: u32,
    /// First byte in the file.
    pub offset: usize,
}

/// An opened file.
#[derive(Debug)]
pub struct Gguf {
    bytes: Vec<u8>,
    metadata: HashMap<String, Value>,
    tensors: HashMap<String, TensorInfo>,
}

impl Gguf {
    /// Reads the header. O(metadata).
    ///
    /// # Errors
    /// `Damaged` where the bytes break the format, `Unsupported` for another version.
    pub fn parse(bytes: Vec<u8>) -> Result<Self> {
        let mut reader = Reader { bytes: &bytes, position: 0 };
        if reader.take(4)? != MAGIC {
            return Err(Error::Damaged("it does not begin with GGUF".into()));
        }
        let version = reader.u32()?;
        if !(2..=3).contains(&version) {
            return Err(Error::Unsupported(format!("GGUF version {version}; versions 2 and 3 are read")));
        }
        let tensor_count = reader.count(24)?;
        let entry_count = reader.count(13)?;
        let mut metadata = HashMap::new();
        for _ in 0..entry_count {
            let key = reader.text()?;
            let kind = reader.u32()?;
            metadata.insert(key, reader.value(kind, 0)?);
        }
        let mut tensors = HashMap::new();
        for _ in 0..tensor_count {
            let (name, info) = reader.tensor()?;
            tensors.insert(name, info);
        }
        let alignment = match metadata.get("general.alignment") {
            Some(Value::Integer(bytes)) => u64::try_from(*bytes).unwrap_or(0),
            _ => DEFAULT_ALIGNMENT,
        };
        if !alignment.is_power_of_two() {
            return Err(Error::Damaged(format!("alignment {alignment} is not a power of two")));
        }
        let start = reader.position.next_multiple_of(usize::try_from(alignment).unwrap_or(usize::MAX));
        for info in tensors.values_mut() {
            info.offset =
                start.checked_add(info.offset).ok_or_else(|| Error::Damaged("a tensor's offset overflows".into()))?;
        }
        Ok(Self { bytes, metadata, tensors })
    }

    pub fn text(&self, key: &str) -> Option<&str> {
        match self.metadata.get(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A whole number of at most 32 bits.
    pub fn integer(&self, key: &str) -> Option<u32> {
        match self.metadata.get(key) {
            Some(Value::Integer(value)) => u32::try_from(*value).ok(),
            _ => None,
        }
    }

    pub fn float(&self, key: &str) -> Option<f32> {
        match self.metadata.get(key) {
            Some(Value::Float(value)) => Some(*value as f32),
            _ => None,
        }
    }

    pub fn tensor(&self, name: &str) -> Option<&TensorInfo> {
        self.tensors.get(name)
    }

    /// `length` bytes of a tensor.
    ///
    /// # Errors
    /// `Damaged` when they do not lie in the file.
    pub fn data(&self, name: &str, info: &TensorInfo, length: usize) -> Result<&[u8]> {
        let end = info.offset.checked_add(length);
        end.and_then(|end| self.bytes.get(info.offset..end))
            .ok_or_else(|| Error::Damaged(format!("tensor {name} lies outside the file")))
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let end = self.position.checked_add(length);
        let taken = end.and_then(|end| self.bytes.get(self.position..end));
        let taken =
            taken.ok_or_else(|| Error::Damaged(format!("it ends at byte {}, inside its header", self.bytes.len())))?;
        self.position += length;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// A number of things of at least `min_bytes` each, which must fit in what is left.
    fn count(&mut self, min_bytes: u64) -> Result<u64> {
        let count = self.u64()?;
        let left = (self.bytes.len() - self.position) as u64;
        if count > left / min_bytes {
            return Err(Error::Damaged(format!("{count} entries do not fit in the file")));
        }
        Ok(count)
    }

    fn text(&mut self) -> Result<String> {
        let length = self.count(1)? as usize;
        Ok(String::from_utf8_lossy(self.take(length)?).into_owned())
    }

    fn value(&mut self, kind: u32, nesting: usize) -> Result<Value> {
        Ok(match kind {
            0 => Value::Integer(i128::from(u8::from_le_bytes(self.array()?))),
            1 => Value::Integer(i128::from(i8::from_le_bytes(self.array()?))),
            2 => Value::Integer(i128::from(u16::from_le_bytes(self.array()?))),
            3 => Value::Integer(i128::from(i16::from_le_bytes(self.array()?))),
            4 => Value::Integer(i128::from(self.u32()?)),
            5 => Value::Integer(i128::from(i32::from_le_bytes(self.array()?))),
            6 => Value::Float(f64::from(f32::from_le_bytes(self.array()?))),
            7 => Value::Flag(self.array::<1>()?[0] != 0),
            8 => Value::Text(self.text()?),
            9 => {
                if nesting == MAX_NESTING {
                    return Err(Error::Damaged("metadata arrays are nested too deeply".into()));
                }
                let element = self.u32()?;
                let count = self.count(1)?;
                for _ in 0..count {
                    self.value(element, nesting + 1)?;
                }
                Value::Array(count)
            }
            10 => Value::Integer(i128::from(self.u64()?)),
            11 => Value::Integer(i128::from(i64::from_le_bytes(self.array()?))),
            12 => Value::Float(f64::from_le_bytes(self.array()?)),
            _ => return Err(Error::Damaged(format!("metadata of unknown type {kind}"))),
        })
    }

    fn tensor(&mut self) -> Result<(String, TensorInfo)> {
        let name = self.text()?;
        let dimension_count = self.u32()?;
        if dimension_count > MAX_DIMENSIONS {
            return Err(Error::Damaged(format!("tensor {name} has {dimension_count} dimensions")));
        }
        let mut dimensions = Vec::new();
        for _ in 0..dimension_count {
            dimensions.push(to_usize(self.u64()?)?);
        }
        let kind = self.u32()?;
        let offset = to_usize(self.u64()?)?;
        Ok((name, TensorInfo { dimensions, kind, offset }))
    }
}

fn to_usize(value: u64) -> Result<usize> {
    usize::try_from(value).map_err(|_| Error::Damaged(format!("{value} is no size")))
}
