// Reads and writes the footer of Puffin files.
#include <cstring>

#include <arrow/util/compression.h>

#include "artemis/base/error.h"
#include "artemis/base/json_text.h"
#include "artemis/table/dom_members.h"
#include "artemis/table/puffin.h"

namespace artemis {

namespace {

constexpr size_t kPuffinMagicBytes = kPuffinMagic.size();
constexpr size_t kPuffinNumberBytes = 4;
// The depth a footer's JSON needs is 4.
constexpr size_t kPuffinJsonDepthMax = 16;

uint32_t PuffinNumber(std::string_view bytes) {
  uint32_t value = 0;
  std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}

void AppendPuffinNumber(uint32_t value, std::string* out) {
  char raw[sizeof(value)];
  std::memcpy(raw, &value, sizeof(value));
  out->append(raw, sizeof(raw));
}

arrow::Status PayloadLimit(const std::string& path) {
  return LimitExceededError(path + ": a Puffin footer over " +
                            std::to_string(kPuffinPayloadBytesMax) + " bytes");
}

// Grows its output step by step, so that a small frame cannot ask for much memory.
arrow::Result<std::string> DecompressLz4(std::string_view frame, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto codec,
                        arrow::util::Codec::Create(arrow::Compression::LZ4_FRAME));
  ARROW_ASSIGN_OR_RAISE(const auto decompressor, codec->MakeDecompressor());
  std::string text(std::max<size_t>(frame.size() * 4, 4096), '\0');
  size_t read = 0, written = 0;
  bool grow = false;
  while (!decompressor->IsFinished()) {
    if (grow || written == text.size()) {
      if (static_cast<int64_t>(text.size()) >= kPuffinPayloadBytesMax) return PayloadLimit(path);
      text.resize(text.size() * 2);
    }
    const auto step =
        decompressor->Decompress(static_cast<int64_t>(frame.size() - read),
                                 reinterpret_cast<const uint8_t*>(frame.data()) + read,
                                 static_cast<int64_t>(text.size() - written),
                                 reinterpret_cast<uint8_t*>(text.data()) + written);
    if (!step.ok()) return CorruptFileError(path, "its compressed footer is broken");
    read += static_cast<size_t>(step->bytes_read);
    written += static_cast<size_t>(step->bytes_written);
    grow = step->bytes_read == 0 && step->bytes_written == 0;
    if (grow && read == frame.size()) {
      return CorruptFileError(path, "its compressed footer is cut off");
    }
  }
  if (static_cast<int64_t>(written) > kPuffinPayloadBytesMax) return PayloadLimit(path);
  text.resize(written);
  return text;
}

arrow::Result<PuffinBlob> ReadPuffinBlob(JsonElement json) {
  PuffinBlob blob;
  ARROW_ASSIGN_OR_RAISE(blob.type, RequireString(json, "type"));
  ARROW_ASSIGN_OR_RAISE(const auto fields, OptionalArray(json, "fields"));
  if (!fields) return arrow::Status::Invalid("expected member 'fields', found none");
  for (const JsonElement& field : *fields) {
    int64_t id;
    if (field.get(id) != simdjson::SUCCESS || id != static_cast<int32_t>(id)) {
      return arrow::Status::Invalid("expected 'fields' to hold integers of 32 bits");
    }
    blob.fields.push_back(static_cast<int32_t>(id));
  }
  ARROW_ASSIGN_OR_RAISE(blob.snapshot_id, RequireInt64(json, "snapshot-id"));
  ARROW_ASSIGN_OR_RAISE(blob.sequence_number, RequireInt64(json, "sequence-number"));
  ARROW_ASSIGN_OR_RAISE(blob.offset, RequireInt64(json, "offset"));
  ARROW_ASSIGN_OR_RAISE(blob.length_bytes, RequireInt64(json, "length"));
  ARROW_ASSIGN_OR_RAISE(blob.compression_codec, OptionalString(json, "compression-codec"));
  ARROW_ASSIGN_OR_RAISE(blob.properties, OptionalStringMap(json, "properties"));
  return blob;
}

arrow::Status CheckPuffinPlace(const PuffinBlob& blob, int64_t blobs_end) {
  const auto first = static_cast<int64_t>(kPuffinMagicBytes);
  if (blob.offset >= first && blob.length_bytes >= 0 && blob.offset <= blobs_end &&
      blob.length_bytes <= blobs_end - blob.offset) {
    return arrow::Status::OK();
  }
  return arrow::Status::Invalid("a blob of ", blob.length_bytes, " bytes at ", blob.offset,
                                " does not lie between the file's start and its footer at ",
                                blobs_end);
}

arrow::Result<PuffinFooter> ReadPayload(std::string_view text, int64_t blobs_end,
                                        const std::string& path) {
  simdjson::dom::parser parser;
  const size_t capacity = std::max(text.size(), simdjson::dom::MINIMAL_DOCUMENT_CAPACITY);
  if (parser.allocate(capacity, kPuffinJsonDepthMax) != simdjson::SUCCESS) {
    return arrow::Status::OutOfMemory(path);
  }
  JsonElement root;
  if (const auto error = parser.parse(text.data(), text.size()).get(root)) {
    return arrow::Status::Invalid("its footer is no JSON: ", simdjson::error_message(error));
  }
  PuffinFooter footer;
  ARROW_ASSIGN_OR_RAISE(const auto blobs, OptionalArray(root, "blobs"));
  if (!blobs) return arrow::Status::Invalid("expected member 'blobs', found none");
  if (static_cast<int64_t>(blobs->size()) > kPuffinBlobsMax) {
    return LimitExceededError("a Puffin file of more than " + std::to_string(kPuffinBlobsMax) +
                              " blobs");
  }
  for (const JsonElement& json : *blobs) {
    ARROW_ASSIGN_OR_RAISE(PuffinBlob blob, ReadPuffinBlob(json));
    ARROW_RETURN_NOT_OK(CheckPuffinPlace(blob, blobs_end));
    footer.blobs.push_back(std::move(blob));
  }
  ARROW_ASSIGN_OR_RAISE(footer.properties, OptionalStringMap(root, "properties"));
  return footer;
}

void AppendStrings(const std::map<std::string, std::string>& strings, std::string* out) {
  *out += '{';
  for (const auto& [key, value] : strings) {
    if (out->back() != '{') *out += ',';
    AppendJsonString(key, out);
    *out += ':';
    AppendJsonString(value, out);
  }
  *out += '}';
}

void AppendBlobJson(const PuffinBlob& blob, std::string* out) {
  *out += "{\"type\":";
  AppendJsonString(blob.type, out);
  *out += ",\"fields\":[";
  for (size_t i = 0; i < blob.fields.size(); ++i) {
    if (i > 0) *out += ',';
    *out += std::to_string(blob.fields[i]);
  }
  *out += "],\"snapshot-id\":" + std::to_string(blob.snapshot_id) +
          ",\"sequence-number\":" + std::to_string(blob.sequence_number) +
          ",\"offset\":" + std::to_string(blob.offset) +
          ",\"length\":" + std::to_string(blob.length_bytes);
  if (blob.compression_codec) {
    *out += ",\"compression-codec\":";
    AppendJsonString(*blob.compression_codec, out);
  }
  if (!blob.properties.empty()) {
    *out += ",\"properties\":";
    AppendStrings(blob.properties, out);
  }
  *out += '}';
}

}  // namespace

arrow::Result<int64_t> PuffinFooterBytes(std::string_view tail, const std::string& path) {
  if (tail.size() < kPuffinTailBytes || !tail.ends_with(kPuffinMagic)) {
    return CorruptFileError(path, "it does not end as a Puffin file does");
  }
  const std::string_view size_at = tail.substr(tail.size() - kPuffinTailBytes);
  const uint32_t payload = PuffinNumber(size_at);
  if (payload > static_cast<uint64_t>(kPuffinPayloadBytesMax)) return PayloadLimit(path);
  return static_cast<int64_t>(kPuffinMagicBytes + payload) + kPuffinTailBytes;
}

arrow::Result<PuffinFooter> ParsePuffinFooter(std::string_view footer, int64_t file_bytes,
                                              const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const int64_t size, PuffinFooterBytes(footer, path));
  const auto first = static_cast<int64_t>(kPuffinMagicBytes);
  if (size != static_cast<int64_t>(footer.size()) || file_bytes < size + first ||
      !footer.starts_with(kPuffinMagic)) {
    return CorruptFileError(path, "its footer has not the size it states");
  }
  const std::string_view flags =
      footer.substr(footer.size() - kPuffinMagicBytes - kPuffinNumberBytes, kPuffinNumberBytes);
  if (PuffinNumber(flags) > 1) {
    return arrow::Status::NotImplemented(path, ": Puffin flags ", PuffinNumber(flags),
                                         " are not known");
  }
  std::string_view payload = footer.substr(
      kPuffinMagicBytes, footer.size() - kPuffinMagicBytes - static_cast<size_t>(kPuffinTailBytes));
  std::string text;
  if (PuffinNumber(flags) == 1) {
    ARROW_ASSIGN_OR_RAISE(text, DecompressLz4(payload, path));
    payload = text;
  }
  auto read = ReadPayload(payload, file_bytes - size, path);
  if (read.ok()) return read;
  const arrow::Status status = read.status();
  if (status.IsInvalid() && status.detail() == nullptr) {
    return CorruptFileError(path, status.message());
  }
  return WithContext(status, path);
}

arrow::Result<PuffinFooter> ReadPuffinFooter(std::string_view file, const std::string& path) {
  if (!file.starts_with(kPuffinMagic)) {
    return CorruptFileError(path, "it does not begin as a Puffin file does");
  }
  ARROW_ASSIGN_OR_RAISE(const int64_t size, PuffinFooterBytes(file, path));
  if (size > static_cast<int64_t>(file.size())) {
    return CorruptFileError(path, "its footer is longer than the file");
  }
  return ParsePuffinFooter(file.substr(file.size() - static_cast<size_t>(size)),
                           static_cast<int64_t>(file.size()), path);
}

std::string PuffinFooterText(const PuffinFooter& footer) {
  std::string payload = "{\"blobs\":[";
  for (const PuffinBlob& blob : footer.blobs) {
    if (payload.back() != '[') payload += ',';
    AppendBlobJson(blob, &payload);
  }
  payload += ']';
  if (!footer.properties.empty()) {
    payload += ",\"properties\":";
    AppendStrings(footer.properties, &payload);
  }
  payload += '}';
  std::string text(kPuffinMagic);
  text += payload;
  AppendPuffinNumber(static_cast<uint32_t>(payload.size()), &text);
  AppendPuffinNumber(0, &text);
  text += kPuffinMagic;
  return text;
}

}  // namespace artemis
