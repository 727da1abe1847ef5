// Our encoder of flat columns in dictionary encoding (parquet-format, Encodings.md), in the place of Arrow's.
//
// What it saves: levels of a column without nulls are one run and cost nothing; numbers are looked up by their bits; the indices of Arrow's
// dictionary arrays are translated by a table instead of being turned back into texts; and the hash table goes as soon as the dictionary is
// given up, where Arrow's stays until the row group ends.
//
//   pages: [4 bytes length, levels as runs of width 1]  1 byte width of indices, indices as runs  |  plain values, once given up
//
// A page ends at the rows or bytes that the properties say. A dictionary that reaches its limit is written, with the pages that
// refer to it; from there on values are plain.
#pragma once

#include <memory>

#include <parquet/column_writer.h>

namespace artemis {

// Whether DictionaryWriter takes the column: at the top level, not repeated, in dictionary encoding, of 32- or 64-bit integers, floating
// point, dates, strings or binaries, without a bloom filter.
bool IsDictionaryWriterFor(const parquet::ColumnDescriptor& column,
                           const parquet::WriterProperties& properties,
                           const parquet::BloomFilter* bloom_filter);

// With the dictionary of an array whose own order of values is to come back.
class DictionaryKeeper : public parquet::ColumnWriter {
 public:
  // Before any value: takes the texts in their order, used or not. Does nothing where they are no texts, one is there twice, or they reach the
  // limit of a dictionary.
  virtual void KeepDictionary(const arrow::Array& texts) = 0;
};

// Requires a column it takes. `metadata` and `properties` outlive it. Invalid from WriteArrow: nulls in a column that is required, and arrays
// that do not cast to the column's type.
std::shared_ptr<DictionaryKeeper> MakeDictionaryWriter(
    parquet::ColumnChunkMetaDataBuilder* metadata, std::unique_ptr<parquet::PageWriter> pages,
    const parquet::WriterProperties* properties);

}  // namespace artemis
