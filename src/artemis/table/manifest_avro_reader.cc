// Reads manifests: the header's schema and spec, then the entries through a plan for their writer's schema.
#include <algorithm>
#include <charconv>

#include "artemis/avro/container_reader.h"
#include "artemis/avro/decode_run.h"
#include "artemis/base/error.h"
#include "artemis/schema/schema_json.h"
#include "artemis/table/entry_walk.h"
#include "artemis/table/file_index_sink.h"
#include "artemis/table/manifest_avro.h"
#include "artemis/table/manifest_entry_sink.h"

namespace artemis {

namespace {

// A file of so many bytes is taken to announce no more entries than this when memory is set aside.
constexpr int64_t kBytesPerEntryMin = 16;

const std::string* FindHeader(const AvroReader& reader, std::string_view key) {
  const auto found = reader.metadata().find(key);
  return found == reader.metadata().end() ? nullptr : &found->second;
}

arrow::Result<std::optional<int32_t>> HeaderInt(const AvroReader& reader, std::string_view key) {
  const std::string* text = FindHeader(reader, key);
  if (text == nullptr) return std::optional<int32_t>();
  int32_t value = 0;
  const auto end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) {
    return arrow::Status::Invalid("expected header '", key, "' to be an integer, found '", *text,
                                  "'");
  }
  return std::optional<int32_t>(value);
}

// The bare array of fields; some writers put the whole spec there.
arrow::Result<PartitionSpec> HeaderSpec(const AvroReader& reader) {
  const std::string* json = FindHeader(reader, "partition-spec");
  if (json == nullptr) return arrow::Status::Invalid("the header has no 'partition-spec'");
  if (json->starts_with('{')) return PartitionSpecFromJson(*json);
  PartitionSpec spec;
  ARROW_ASSIGN_OR_RAISE(spec.fields, PartitionFieldsFromJson(*json));
  return spec;
}

// `file` stands in for what old writers left out of the header.
arrow::Result<ManifestHeader> ReadHeaderFields(const AvroReader& reader, const ManifestFile& file) {
  ManifestHeader header;
  const std::string* schema = FindHeader(reader, "schema");
  if (schema == nullptr) return arrow::Status::Invalid("the header has no 'schema'");
  ARROW_ASSIGN_OR_RAISE(header.schema, SchemaFromJson(*schema));
  ARROW_ASSIGN_OR_RAISE(const auto schema_id, HeaderInt(reader, "schema-id"));
  if (schema_id) header.schema.id = SchemaId(*schema_id);
  ARROW_ASSIGN_OR_RAISE(header.spec, HeaderSpec(reader));
  ARROW_ASSIGN_OR_RAISE(const auto header_spec_id, HeaderInt(reader, "partition-spec-id"));
  header.spec.id = header_spec_id ? SpecId(*header_spec_id) : file.spec_id;
  ARROW_ASSIGN_OR_RAISE(const auto version, HeaderInt(reader, "format-version"));
  header.format_version = version.value_or(1);
  const std::string* content = FindHeader(reader, "content");
  if (content == nullptr) {
    header.content = file.content;
  } else if (*content == "deletes") {
    header.content = ManifestContent::kDeletes;
  } else if (*content != "data") {
    return arrow::Status::Invalid("expected header 'content' data or deletes, found '", *content,
                                  "'");
  }
  return header;
}

// A CorruptFile for what is merely Invalid; limits and the like pass.
arrow::Status AsCorrupt(const std::string& path, const arrow::Status& status) {
  if (!status.IsInvalid() || status.detail() != nullptr) return WithContext(status, path);
  return CorruptFileError(path, status.message());
}

// One reader per partition field: of the type under `schema`; as the file has it where that is not known, and for transforms
// that are not, whose results may be of any type.
std::vector<AvroValueReader> PartitionReaders(const PartitionSpec& spec, const Schema& schema,
                                              const AvroSchema& writer) {
  std::vector<AvroValueReader> readers;
  const auto type = PartitionType(spec, schema);
  for (size_t i = 0; i < spec.fields.size(); ++i) {
    const AvroSchema* in_file = FindAvroField(writer, spec.fields[i].field_id);
    if (type.ok() && type->fields[i].type.kind != TypeKind::kUnknown) {
      readers.push_back(AvroValueReader::For(type->fields[i].type));
    } else {
      readers.push_back(AvroValueReader::For(in_file != nullptr ? *in_file : AvroSchema()));
    }
  }
  return readers;
}

arrow::Status CheckEntryCount(const ManifestFile& file, int64_t found) {
  if (!file.added_files || !file.existing_files || !file.deleted_files) return arrow::Status::OK();
  int64_t expected;
  if (__builtin_add_overflow(*file.added_files, *file.existing_files, &expected) ||
      __builtin_add_overflow(expected, *file.deleted_files, &expected)) {
    return CorruptFileError(file.path, "the list's counts of its entries have no sum");
  }
  if (expected == found) return arrow::Status::OK();
  return CorruptFileError(file.path, "manifest entry count differs from its list: expected " +
                                         std::to_string(expected) + ", found " +
                                         std::to_string(found));
}

arrow::Status CheckManifestSize(std::string_view bytes, const std::string& path) {
  if (static_cast<int64_t>(bytes.size()) <= kManifestBytesMax) return arrow::Status::OK();
  return LimitExceededError(path + ": manifest over " + std::to_string(kManifestBytesMax) +
                            " bytes");
}

arrow::Result<ManifestHeader> HeaderOf(const AvroReader& reader, const ManifestFile& file) {
  auto header = ReadHeaderFields(reader, file);
  if (!header.ok()) return AsCorrupt(reader.path(), header.status());
  return header;
}

}  // namespace

arrow::Result<ManifestHeader> ReadManifestHeader(std::string_view bytes, const std::string& path) {
  ARROW_RETURN_NOT_OK(CheckManifestSize(bytes, path));
  ARROW_ASSIGN_OR_RAISE(const AvroReader reader, AvroReader::Open(bytes, path));
  return HeaderOf(reader, ManifestFile());
}

namespace {

// A manifest whose header is read: what its entries are decoded with.
struct OpenedManifest {
  AvroReader reader;
  ManifestHeader header;
  Type partition_type;  // without fields where it is not known
  std::vector<AvroValueReader> partition;
};

arrow::Result<OpenedManifest> OpenManifest(std::string_view bytes, const ManifestFile& file,
                                           const Schema* partition_schema) {
  if (file.key_metadata && !file.key_metadata->empty()) {
    return arrow::Status::NotImplemented("manifest ", file.path,
                                         " is encrypted, and encrypted files are not read");
  }
  ARROW_RETURN_NOT_OK(CheckManifestSize(bytes, file.path));
  ARROW_ASSIGN_OR_RAISE(AvroReader reader, AvroReader::Open(bytes, file.path));
  ARROW_ASSIGN_OR_RAISE(auto header, HeaderOf(reader, file));
  auto type = partition_schema != nullptr ? PartitionType(header.spec, *partition_schema)
                                          : arrow::Status::Invalid("no schema was given");
  const Schema& schema = type.ok() ? *partition_schema : header.schema;
  if (!type.ok()) type = PartitionType(header.spec, header.schema);
  auto partition = PartitionReaders(header.spec, schema, reader.schema());
  return OpenedManifest{std::move(reader), std::move(header),
                        type.ok() ? std::move(*type) : Type::Struct({}), std::move(partition)};
}

template <typename Sink>
arrow::Status DecodeEntries(const OpenedManifest& opened, const ManifestFile& file,
                            const std::vector<AvroWanted>& wanted, Sink* sink) {
  const auto plan = AvroPlan::Compile(opened.reader.schema(), wanted);
  if (!plan.ok()) return AsCorrupt(file.path, plan.status());
  const auto decode = [&](std::string_view raw, int64_t records) {
    return DecodeAvro(*plan, raw, records, sink);
  };
  ARROW_RETURN_NOT_OK(opened.reader.ReadBlocks(decode));
  return CheckEntryCount(file, sink->entries_seen());
}

arrow::Status DecodeIndex(const OpenedManifest& opened, const ManifestFile& file,
                          const AvroKeyFilter& keys, const FileIndexOptions& options,
                          FileIndexSink* sink) {
  const auto plan = AvroPlan::Compile(opened.reader.schema(), WantedOfIndex(&keys));
  if (!plan.ok()) return AsCorrupt(file.path, plan.status());
  const auto shape = options.by_plan_only ? std::nullopt : ShapeOfEntries(opened.reader.schema());
  std::optional<EntryWalk> walk;
  if (shape) walk.emplace(*shape, *plan, keys, sink);
  const auto decode = [&](std::string_view raw, int64_t records) {
    return walk ? walk->Decode(raw, records) : DecodeAvro(*plan, raw, records, sink);
  };
  ARROW_RETURN_NOT_OK(opened.reader.ReadBlocks(decode, options.threads));
  return CheckEntryCount(file, sink->entries_seen());
}

// For how many entries memory is set aside.
size_t RoomFor(const AvroReader& reader, std::string_view bytes) {
  return static_cast<size_t>(
      std::min(reader.AnnouncedRecords(), static_cast<int64_t>(bytes.size()) / kBytesPerEntryMin));
}

std::vector<FieldId> IdsOf(const std::vector<Field>& fields) {
  std::vector<FieldId> ids;
  for (const auto& field : fields) ids.push_back(field.id);
  return ids;
}

}  // namespace

arrow::Result<Manifest> ReadManifest(std::string_view bytes, const ManifestFile& file,
                                     const ReadManifestOptions& options) {
  ARROW_ASSIGN_OR_RAISE(auto opened, OpenManifest(bytes, file, options.partition_schema));
  const AvroKeyFilter keys(options.metrics_for.value_or(std::vector<FieldId>()));
  const auto wanted =
      WantedOfEntries(opened.header.spec, opened.partition, options.metrics_for ? &keys : nullptr);
  ManifestEntrySink sink(file, opened.header, opened.partition, options.live_only);
  sink.entries.reserve(RoomFor(opened.reader, bytes));
  ARROW_RETURN_NOT_OK(DecodeEntries(opened, file, wanted, &sink));
  return Manifest{std::move(opened.header), std::move(sink.entries)};
}

arrow::Result<std::shared_ptr<const FileIndex>> ReadFileIndex(std::string_view bytes,
                                                              const ManifestFile& file,
                                                              const FileIndexOptions& options) {
  ARROW_ASSIGN_OR_RAISE(const auto opened, OpenManifest(bytes, file, options.partition_schema));
  if (opened.header.content != ManifestContent::kData) {
    return CorruptFileError(file.path, "expected a manifest of data files, found one of deletes");
  }
  const AvroKeyFilter keys(IdsOf(options.fields));
  const auto decoder =
      TupleDecoder::Make(opened.reader.schema(), opened.header.spec, opened.partition);
  if (!decoder.ok()) return AsCorrupt(file.path, decoder.status());
  FileIndexSink sink(file, opened.header, *decoder, opened.partition_type, options.fields);
  sink.Reserve(RoomFor(opened.reader, bytes), bytes.size());
  ARROW_RETURN_NOT_OK(DecodeIndex(opened, file, keys, options, &sink));
  return sink.Finish();
}

}  // namespace artemis
