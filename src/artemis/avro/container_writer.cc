// Frames records as blocks behind a header.
#include "artemis/avro/container_writer.h"

#include <cstring>
#include <random>

namespace artemis {

namespace {

std::string RandomSync() {
  std::random_device random;
  std::string sync(16, '\0');
  for (size_t i = 0; i < sync.size(); i += sizeof(uint32_t)) {
    const uint32_t part = random();
    std::memcpy(sync.data() + i, &part, sizeof(part));
  }
  return sync;
}

}  // namespace

AvroWriter::AvroWriter(const std::string& schema_json,
                       const std::map<std::string, std::string>& metadata,
                       const AvroWriterOptions& options)
    : options_(options),
      compressor_(options.codec, options.level),
      sync_(options.sync ? std::string(options.sync->begin(), options.sync->end()) : RandomSync()) {
  std::map<std::string, std::string> all = metadata;
  all["avro.schema"] = schema_json;
  all["avro.codec"] = AvroCodecName(options.codec);
  file_.PutFixed(std::string_view("Obj\x01", 4));
  file_.PutLong(static_cast<int64_t>(all.size()));
  for (const auto& [key, value] : all) {
    file_.PutBytes(key);
    file_.PutBytes(value);
  }
  file_.PutLong(0);
  file_.PutFixed(sync_);
}

arrow::Status AvroWriter::Append(std::string_view record) {
  block_.append(record);
  ++block_records_;
  if (static_cast<int64_t>(block_.size()) < options_.block_bytes) return arrow::Status::OK();
  return FlushBlock();
}

arrow::Result<std::string> AvroWriter::Finish() {
  ARROW_RETURN_NOT_OK(FlushBlock());
  return file_.bytes();
}

arrow::Status AvroWriter::FlushBlock() {
  if (block_records_ == 0) return arrow::Status::OK();
  ARROW_ASSIGN_OR_RAISE(const std::string compressed, compressor_.Compress(block_));
  file_.PutLong(block_records_);
  file_.PutBytes(compressed);
  file_.PutFixed(sync_);
  block_.clear();
  block_records_ = 0;
  return arrow::Status::OK();
}

}  // namespace artemis
