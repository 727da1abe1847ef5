// Walks the header and blocks of an Avro container.
#include "artemis/avro/container_reader.h"

#include "artemis/avro/inflate_ahead.h"
#include "artemis/base/error.h"

namespace artemis {

namespace {

constexpr std::string_view kAvroMagic("Obj\x01", 4);
constexpr size_t kSyncBytes = 16;

}  // namespace

arrow::Result<AvroReader> AvroReader::Open(std::string_view bytes, std::string path) {
  AvroReader reader(bytes, std::move(path));
  const arrow::Status status = reader.ReadHeader();
  if (status.IsNotImplemented()) return WithContext(status, reader.path_);
  if (!status.ok()) return reader.Corrupt(0, status);
  return reader;
}

arrow::Status AvroReader::ReadHeader() {
  if (!bytes_.starts_with(kAvroMagic)) {
    return arrow::Status::Invalid("expected an Avro object container, found other first bytes");
  }
  AvroCursor cursor(bytes_);
  cursor.SkipFixed(kAvroMagic.size());
  ARROW_RETURN_NOT_OK(ReadMetadata(&cursor));
  if (!cursor.ReadFixed(kSyncBytes, &sync_)) {
    return arrow::Status::Invalid("the file ends in the header's sync marker");
  }
  blocks_begin_ = cursor.offset();
  ARROW_ASSIGN_OR_RAISE(codec_, ParseAvroCodec(metadata_["avro.codec"]));
  ARROW_ASSIGN_OR_RAISE(schema_, ParseAvroSchema(metadata_["avro.schema"]));
  return arrow::Status::OK();
}

arrow::Status AvroReader::ReadMetadata(AvroCursor* cursor) {
  int64_t count, block_bytes, bytes = 0;
  while (true) {
    if (!cursor->ReadBlockHead(&count, &block_bytes)) break;
    if (count == 0) return arrow::Status::OK();
    for (; count > 0; --count) {
      std::string_view key, value;
      if (!cursor->ReadBytes(&key) || !cursor->ReadBytes(&value)) break;
      bytes += static_cast<int64_t>(key.size() + value.size());
      if (bytes > kAvroHeaderBytesMax) {
        return LimitExceededError(path_ + ": an Avro header over " +
                                  std::to_string(kAvroHeaderBytesMax) + " bytes");
      }
      metadata_.insert_or_assign(std::string(key), std::string(value));
    }
    if (count > 0) break;
  }
  return arrow::Status::Invalid(cursor->error(), " in the header at byte ", cursor->offset());
}

arrow::Result<AvroReader::Block> AvroReader::ReadBlock(size_t* offset) const {
  AvroCursor cursor(bytes_.substr(*offset));
  Block block{*offset, 0, {}};
  int64_t size;
  if (!cursor.ReadLong(&block.records) || !cursor.ReadLong(&size)) {
    return arrow::Status::Invalid(cursor.error());
  }
  if (block.records < 0) return arrow::Status::Invalid("negative record count");
  if (size < 0 || size > kAvroBlockBytesMax) {
    return arrow::Status::Invalid("expected a block of 0 to ", kAvroBlockBytesMax, " bytes, found ",
                                  size);
  }
  std::string_view sync;
  if (!cursor.ReadFixed(static_cast<size_t>(size), &block.bytes) ||
      !cursor.ReadFixed(kSyncBytes, &sync)) {
    return arrow::Status::Invalid("the file ends inside of a block of ", size, " bytes");
  }
  if (sync != sync_) {
    return arrow::Status::Invalid("the sync marker differs from the header's");
  }
  *offset += cursor.offset();
  return block;
}

int64_t AvroReader::AnnouncedRecords() const {
  int64_t records = 0;
  for (size_t offset = blocks_begin_; offset < bytes_.size();) {
    const auto block = ReadBlock(&offset);
    if (!block.ok() || block->records > kAvroRawBlockBytesMax) return 0;
    records += block->records;
  }
  return records;
}

arrow::Status AvroReader::ReadRecords(const AvroPlan& plan, AvroSink* sink) const {
  return ReadBlocks(
      [&](std::string_view raw, int64_t records) { return plan.Decode(raw, records, sink); });
}

arrow::Status AvroReader::Pass(const BlockCallback& on_block, const Block& block,
                               const arrow::Result<std::string_view>& raw,
                               int64_t* raw_bytes) const {
  if (!raw.ok()) return Corrupt(block.offset, raw.status());
  *raw_bytes += static_cast<int64_t>(raw->size());
  if (*raw_bytes > kAvroRawBytesMax) {
    return Corrupt(block.offset,
                   arrow::Status::Invalid("raw blocks over ", kAvroRawBytesMax, " bytes together"));
  }
  const arrow::Status decoded = on_block(*raw, block.records);
  return decoded.ok() ? decoded : Corrupt(block.offset, decoded);
}

arrow::Status AvroReader::ReadBlocks(const BlockCallback& on_block, int threads) const {
  if (threads > 1 && HasShortBlocks()) return ReadBlocksAhead(on_block);
  BlockDecompressor decompressor(codec_);
  int64_t raw_bytes = 0;
  for (size_t offset = blocks_begin_; offset < bytes_.size();) {
    const size_t block_offset = offset;
    const auto block = ReadBlock(&offset);
    if (!block.ok()) return Corrupt(block_offset, block.status());
    ARROW_RETURN_NOT_OK(Pass(on_block, *block,
                             decompressor.Decompress(block->bytes, kAvroRawBlockBytesMax),
                             &raw_bytes));
  }
  return arrow::Status::OK();
}

// Two at least, or there is nothing to do ahead.
bool AvroReader::HasShortBlocks() const {
  size_t blocks = 0;
  for (size_t offset = blocks_begin_; offset < bytes_.size(); ++blocks) {
    const auto block = ReadBlock(&offset);
    if (!block.ok() || block->bytes.size() > kAheadBlockBytesMax) return false;
  }
  return blocks > 1;
}

arrow::Status AvroReader::ReadBlocksAhead(const BlockCallback& on_block) const {
  std::vector<Block> blocks;
  std::vector<std::string_view> compressed;
  for (size_t offset = blocks_begin_; offset < bytes_.size();) {
    ARROW_ASSIGN_OR_RAISE(blocks.emplace_back(), ReadBlock(&offset));
    compressed.push_back(blocks.back().bytes);
  }
  InflateAhead ahead(codec_, std::move(compressed), kAvroRawBlockBytesMax);
  int64_t raw_bytes = 0;
  for (size_t i = 0; i < blocks.size(); ++i) {
    ARROW_RETURN_NOT_OK(Pass(on_block, blocks[i], ahead.Take(i), &raw_bytes));
  }
  return arrow::Status::OK();
}

arrow::Status AvroReader::Corrupt(size_t offset, const arrow::Status& why) const {
  if (!why.IsInvalid() || why.detail() != nullptr) return why;
  std::string what = why.message();
  if (offset > 0) what += " (block at byte " + std::to_string(offset) + ")";
  return CorruptFileError(path_, std::move(what));
}

}  // namespace artemis
