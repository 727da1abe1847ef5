// Reads Avro object container files (Avro specification, "Object Container Files"):
//
//   "Obj" 0x01 | metadata: map of bytes ("avro.schema", "avro.codec", …) | 16 bytes sync marker
//   then blocks: long records | long size in bytes | the (compressed) records | the sync marker
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <arrow/result.h>

#include "artemis/avro/codec.h"
#include "artemis/avro/decode_plan.h"

namespace artemis {

// Limits for what is read.
inline constexpr int64_t kAvroHeaderBytesMax = int64_t{64}
                                               << 20;  // keys and values of the metadata together
inline constexpr int64_t kAvroBlockBytesMax = int64_t{64} << 20;
inline constexpr int64_t kAvroRawBlockBytesMax = int64_t{256} << 20;
inline constexpr int64_t kAvroRawBytesMax = int64_t{4} << 30;  // all blocks together

// One open file. Does not own the bytes. Not thread-safe.
class AvroReader {
 public:
  // Reads the header. `path` is for messages only. CorruptFile where the bytes break the format or a limit,
  // NotImplemented for a codec that is not read; both name the path.
  static arrow::Result<AvroReader> Open(std::string_view bytes, std::string path);

  // Every member of the header's metadata.
  const std::map<std::string, std::string, std::less<>>& metadata() const { return metadata_; }
  const AvroSchema& schema() const { return schema_; }
  const std::string& path() const { return path_; }
  // How many records the blocks' heads announce; 0 where they are broken. Cheap: nothing is decompressed.
  // A wrong announcement shows only in ReadRecords.
  int64_t AnnouncedRecords() const;

  // Decodes every record from the first block on. CorruptFile names the file, the block's offset and what was
  // wrong; a failure of the sink comes back the same way when it is Invalid, else as it is.
  arrow::Status ReadRecords(const AvroPlan& plan, AvroSink* sink) const;

  // Called with a block's decompressed bytes, which live during the call, and the number of its records.
  using BlockCallback = std::function<arrow::Status(std::string_view raw, int64_t records)>;
  // For decoders of other kinds; errors as in ReadRecords, with what the callback says in the place of the sink. On `threads` > 1 and
  // blocks of up to kAheadBlockBytesMax, a second thread decompresses while the callback runs, which the caller's thread alone calls.
  arrow::Status ReadBlocks(const BlockCallback& on_block, int threads = 1) const;

 private:
  struct Block {
    size_t offset;
    int64_t records;
    std::string_view bytes;
  };
  // Several raw blocks are in memory at once then, so that they have to be short.
  static constexpr size_t kAheadBlockBytesMax = size_t{128} << 10;

  arrow::Status ReadBlocksAhead(const BlockCallback& on_block) const;
  bool HasShortBlocks() const;
  // `raw_bytes`: of all blocks so far.
  arrow::Status Pass(const BlockCallback& on_block, const Block& block,
                     const arrow::Result<std::string_view>& raw, int64_t* raw_bytes) const;
  AvroReader(std::string_view bytes, std::string path) : bytes_(bytes), path_(std::move(path)) {}
  arrow::Status ReadHeader();
  arrow::Status ReadMetadata(AvroCursor* cursor);
  // Reads the block at *offset and moves it behind; Invalid says what is wrong.
  arrow::Result<Block> ReadBlock(size_t* offset) const;
  arrow::Status Corrupt(size_t offset, const arrow::Status& why) const;

  std::string_view bytes_;
  std::string path_;
  std::map<std::string, std::string, std::less<>> metadata_;
  AvroSchema schema_;
  AvroCodec codec_ = AvroCodec::kNull;
  std::string_view sync_;
  size_t blocks_begin_ = 0;
};

}  // namespace artemis
