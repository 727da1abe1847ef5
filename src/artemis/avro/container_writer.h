// Writes Avro object container files into memory (layout: container_reader.h).
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>

#include <arrow/result.h>

#include "artemis/avro/codec.h"
#include "artemis/avro/encoder.h"

namespace artemis {

struct AvroWriterOptions {
  // Iceberg's default, which it calls gzip.
  AvroCodec codec = AvroCodec::kDeflate;
  int level = 6;
  // A block is closed once its raw records reach this size.
  int64_t block_bytes = int64_t{256} << 10;
  // Random unless given.
  std::optional<std::array<char, 16>> sync;
};

// Collects records and makes the file's bytes. Not thread-safe.
class AvroWriter {
 public:
  // `metadata` goes into the header beside "avro.schema" and "avro.codec".
  AvroWriter(const std::string& schema_json, const std::map<std::string, std::string>& metadata,
             const AvroWriterOptions& options = {});

  // Takes one record, encoded under the schema. Fails only without memory.
  arrow::Status Append(std::string_view record);
  // The whole file; call once, at the end.
  arrow::Result<std::string> Finish();

 private:
  arrow::Status FlushBlock();

  AvroWriterOptions options_;
  BlockCompressor compressor_;
  std::string sync_;
  AvroEncoder file_;
  std::string block_;
  int64_t block_records_ = 0;
};

}  // namespace artemis
