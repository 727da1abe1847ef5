// Reads a flat column of strings or binary values of one row group, page by page, straight into Arrow's buffers: several times as fast as
// by builders, and without giving up a dictionary.
//
// Encodings: PLAIN, RLE_DICTIONARY (and PLAIN_DICTIONARY), DELTA_LENGTH_BYTE_ARRAY, DELTA_BYTE_ARRAY (parquet-format, Encodings.md).
#pragma once

#include <cstdint>
#include <memory>

#include <arrow/array.h>
#include <arrow/memory_pool.h>
#include <arrow/result.h>

namespace parquet {
class ColumnChunkMetaData;
class ColumnDescriptor;
class PageReader;
}  // namespace parquet

namespace artemis {

// Whether a ByteArrayColumn can read the chunk as `type`: string or binary, neither in a list, map or struct, in encodings it knows.
bool IsByteArrayColumn(const parquet::ColumnDescriptor& leaf,
                       const parquet::ColumnChunkMetaData& chunk, const arrow::DataType& type);
// Whether the footer says that all values of the chunk are indices into its dictionary.
bool IsAllDictionary(const parquet::ColumnChunkMetaData& chunk);

// Not thread-safe.
class ByteArrayColumn {
 public:
  // `as_dictionary` requires IsAllDictionary. `leaf` and `pool` must outlive it.
  ByteArrayColumn(const parquet::ColumnDescriptor* leaf, std::shared_ptr<arrow::DataType> type,
                  bool as_dictionary, std::unique_ptr<parquet::PageReader> pages,
                  arrow::MemoryPool* pool);
  ~ByteArrayColumn();

  // The next rows: `rows_max` of them, or as many as take `bytes_max` (of dictionaries: their values), at least one; null at the end of the
  // pages. An array of `type`, or a dictionary of it with int32 indices: the same dictionary each time. Throws as Parquet does, where the
  // bytes break the format or memory runs out.
  std::shared_ptr<arrow::Array> Next(int64_t rows_max, int64_t bytes_max);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The values that the indices stand for. Requires int32 indices and values of string or binary without nulls. CapacityError where they
// take more than an array can hold; Invalid for an index outside of the dictionary.
arrow::Result<std::shared_ptr<arrow::Array>> ExpandDictionary(const arrow::DictionaryArray& array,
                                                              arrow::MemoryPool* pool);

}  // namespace artemis
