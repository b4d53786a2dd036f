//! Gather: rows of some arrays, in any order, as one.
//!
//! Tables have columns of four types, so this takes the place of `arrow-select`, whose loops for every type that Arrow
//! has were a tenth of the library.

use crate::error::{Error, ErrorKind, Result};
use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{ArrayAccessor, ArrayRef, BooleanArray, Float64Array, Int64Array};
use arrow_schema::DataType;
use std::sync::Arc;

/// Where a row is: number of the array, row in it.
pub(crate) type Spot = (u32, u32);

/// Most bytes of text in a column of one batch, as Arrow counts them.
const MOST_TEXT: usize = i32::MAX as usize;

/// The rows of these spots of arrays of type `kind`, in their order. A spot that there is not gives nothing; a type that
/// no table has, or more text than a batch may hold, is an error.
pub(crate) fn gather(parts: &[&ArrayRef], kind: &DataType, rows: &[Spot]) -> Result<ArrayRef> {
    Ok(match kind {
        DataType::Utf8 => {
            let parts: Vec<_> = parts.iter().filter_map(|part| part.as_string_opt::<i32>()).collect();
            let bytes: usize = each(&parts, rows).flatten().map(str::len).sum();
            if bytes > MOST_TEXT {
                return Err(cannot(format!("a column would hold {bytes} bytes of text, above 2 GiB")));
            }
            let mut texts = StringBuilder::with_capacity(rows.len(), bytes);
            each(&parts, rows).for_each(|text| texts.append_option(text));
            Arc::new(texts.finish())
        }
        DataType::Int64 => {
            let parts: Vec<_> = parts.iter().filter_map(|part| part.as_primitive_opt::<Int64Type>()).collect();
            Arc::new(each(&parts, rows).collect::<Int64Array>())
        }
        DataType::Float64 => {
            let parts: Vec<_> = parts.iter().filter_map(|part| part.as_primitive_opt::<Float64Type>()).collect();
            Arc::new(each(&parts, rows).collect::<Float64Array>())
        }
        DataType::Boolean => {
            let parts: Vec<_> = parts.iter().filter_map(|part| part.as_boolean_opt()).collect();
            Arc::new(each(&parts, rows).collect::<BooleanArray>())
        }
        other => return Err(cannot(format!("no column of a table is of the type {other}"))),
    })
}

fn cannot(reason: String) -> Error {
    Error::new(ErrorKind::Store { doing: "build a table".to_owned(), reason })
}

/// The values of the spots; nothing where there is none.
fn each<A: ArrayAccessor>(parts: &[A], rows: &[Spot]) -> impl Iterator<Item = Option<A::Item>> {
    rows.iter().map(|(part, row)| {
        let (part, row) = (parts.get(*part as usize)?, *row as usize);
        (row < part.len() && part.is_valid(row)).then(|| part.value(row))
    })
}
