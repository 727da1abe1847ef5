// One leaf column of the row group that is being filled: its encoder, and its pages in memory.
//
// Arrow encodes the values and compresses the pages (parquet::ColumnWriter). What is ours is where the pages go and what is known
// of them: their size before compression, which Arrow's own buffered row group hides while a column is in dictionary encoding,
// and a last step that needs the file only to append bytes, so that chunks are finished side by side. Flat columns in dictionary encoding
// have an encoder of ours in its place (dictionary_writer.h).
#pragma once

#include <cstdint>
#include <memory>

#include <arrow/io/type_fwd.h>
#include <arrow/memory_pool.h>
#include <arrow/type_fwd.h>

namespace parquet {
class BloomFilter;
class ColumnChunkMetaDataBuilder;
class ColumnIndexBuilder;
class ColumnWriter;
class OffsetIndexBuilder;
class WriterProperties;
}  // namespace parquet

namespace artemis {

// What a chunk needs of its file; all outlive it. Index builders and filter may be null.
struct ColumnChunkParts {
  parquet::ColumnChunkMetaDataBuilder* metadata = nullptr;
  const parquet::WriterProperties* properties = nullptr;
  parquet::ColumnIndexBuilder* column_index = nullptr;
  parquet::OffsetIndexBuilder* offset_index = nullptr;
  parquet::BloomFilter* bloom_filter = nullptr;
};

// One thread at a time; different chunks are independent. Everything throws as Parquet does.
class ColumnChunk {
 public:
  explicit ColumnChunk(const ColumnChunkParts& parts);
  ~ColumnChunk();
  ColumnChunk(const ColumnChunk&) = delete;
  ColumnChunk& operator=(const ColumnChunk&) = delete;

  // Takes the values until Finish; must not be closed by its user.
  parquet::ColumnWriter* encoder() { return encoder_.get(); }

  // Whether the encoder translates the indices of dictionary arrays, each into the chunk's own dictionary.
  bool TakesDictionaries() const;
  // Before any value: has the dictionary begin with these texts, in their order, where our encoder does the column.
  void KeepDictionary(const arrow::Array& texts);

  // Bytes before compression: pages, and an estimate of what is not yet in pages.
  int64_t EncodedBytes() const;
  // Bytes held in memory: compressed pages, and what is not yet in pages.
  int64_t HeldBytes() const;
  // What the chunk would about take in the file: as HeldBytes, where what is not yet in pages is taken to compress as the pages
  // did.
  int64_t FileBytes() const;

  // Puts what is left into pages and frees the encoder.
  void Finish();
  // Requires Finish. Appends the chunk to the file and completes its metadata and index; the memory is freed as it is written.
  void MoveTo(arrow::io::OutputStream& file);

  // After MoveTo: bytes in the file, and whether a dictionary was given up.
  int64_t compressed_bytes() const;
  int64_t uncompressed_bytes() const;
  bool fell_back() const;

 private:
  class CountingPager;

  // Levels, values and dictionary that are not yet in pages.
  int64_t WaitingBytes() const;
  // Pages that wait for their dictionary, compressed.
  int64_t WaitingPageBytes() const;

  std::shared_ptr<CountingPager> pager_;
  std::shared_ptr<parquet::ColumnWriter> encoder_;
};

}  // namespace artemis
