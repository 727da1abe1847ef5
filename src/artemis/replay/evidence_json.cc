// Evidence records as JSON.
#include "artemis/replay/evidence_json.h"

#include <utility>

#include "artemis/base/sha256.h"
#include "artemis/base/time_text.h"
#include "artemis/replay/replay_json.h"

namespace artemis {

namespace {

constexpr int64_t kEvidenceFormat = 1;
constexpr char kDigestKey[] = "record_sha256";

OrderedJson TimeJson(const std::optional<TimestampMs>& time) {
  return time ? OrderedJson(FormatTime(*time)) : OrderedJson();
}

OrderedJson HashedFileJson(const std::optional<HashedFile>& file) {
  if (!file) return OrderedJson();
  return {{"location", file->location}, {"size_bytes", file->size_bytes}, {"sha256", file->sha256}};
}

OrderedJson FilesJson(const std::vector<EvidenceFile>& files) {
  OrderedJson list = OrderedJson::array();
  for (const auto& file : files) {
    OrderedJson each = {{"path", file.path},
                        {"content", file.content},
                        {"format", file.format},
                        {"size_bytes", file.size_bytes},
                        {"record_count", file.record_count}};
    each["row_groups"] = file.row_groups ? OrderedJson(*file.row_groups) : OrderedJson();
    if (file.blob_offset) each["blob_offset"] = *file.blob_offset;
    each["footer_bytes"] = file.footer_bytes;
    each["footer_sha256"] = file.footer_sha256;
    if (!file.sha256.empty()) each["sha256"] = file.sha256;
    list.push_back(std::move(each));
  }
  return list;
}

OrderedJson ResultJson(const Evidence& evidence) {
  OrderedJson columns = OrderedJson::array();
  for (const auto& column : evidence.result_columns) {
    columns.push_back(
        {{"field_id", column.field_id}, {"name", column.name}, {"type", column.type}});
  }
  return {{"columns", std::move(columns)},
          {"rows", evidence.result_rows},
          {"hash", evidence.result_hash},
          {"formula", kRowSetHashName}};
}

arrow::Result<OrderedJson> PredicateJson(const std::optional<Predicate>& where) {
  if (!where) return OrderedJson();
  return ParseJsonObject(PredicateToJson(*where), "the predicate");
}

arrow::Result<OrderedJson> RecordJson(const Evidence& evidence) {
  OrderedJson json;
  json["artemis_evidence"] = kEvidenceFormat;
  json["created_at"] = FormatTime(evidence.created_at);
  json["principal"] = evidence.principal;
  json["versions"] = OrderedJson::object();
  for (const auto& [part, version] : evidence.versions) json["versions"][part] = version;
  json["catalog"] = evidence.catalog;
  json["table"] = evidence.table;
  json["table_uuid"] = evidence.table_uuid;
  json["metadata"] = HashedFileJson(evidence.metadata);
  json["target"] = TargetToJson(evidence.target);
  json["snapshot_id"] =
      evidence.snapshot_id ? OrderedJson(evidence.snapshot_id->value) : OrderedJson();
  json["committed_at"] = TimeJson(evidence.committed_at);
  json["manifest_list"] = HashedFileJson(evidence.manifest_list);
  json["schema_id"] = evidence.schema_id.value;
  json["spec_ids"] = OrderedJson::array();
  for (const SpecId id : evidence.spec_ids) json["spec_ids"].push_back(id.value);
  json["mode"] = ProjectionModeName(evidence.mode);
  ARROW_ASSIGN_OR_RAISE(json["predicate"], PredicateJson(evidence.where));
  json["columns"] = evidence.columns ? OrderedJson(*evidence.columns) : OrderedJson();
  json["limit"] = evidence.limit ? OrderedJson(*evidence.limit) : OrderedJson();
  json["files"] = FilesJson(evidence.files);
  json["delete_files"] = FilesJson(evidence.delete_files);
  json["result"] = ResultJson(evidence);
  return json;
}

class EvidenceReader {
 public:
  EvidenceReader(const OrderedJson& json, const std::string& where)
      : where_(where), members_(json, where) {}

  arrow::Result<Evidence> Read() {
    ARROW_RETURN_NOT_OK(ReadOrigin());
    ARROW_RETURN_NOT_OK(ReadPin());
    ARROW_RETURN_NOT_OK(ReadQuestion());
    ARROW_ASSIGN_OR_RAISE(evidence_.files, ReadFiles("files"));
    ARROW_ASSIGN_OR_RAISE(evidence_.delete_files, ReadFiles("delete_files"));
    ARROW_RETURN_NOT_OK(ReadResult());
    return std::move(evidence_);
  }

 private:
  arrow::Status ReadOrigin() {
    ARROW_ASSIGN_OR_RAISE(evidence_.created_at, members_.Time("created_at"));
    ARROW_ASSIGN_OR_RAISE(evidence_.principal, members_.Text("principal"));
    ARROW_ASSIGN_OR_RAISE(const auto* versions, members_.Object("versions"));
    const JsonMembers parts(*versions, where_ + ": versions");
    for (const auto& [part, version] : versions->items()) {
      ARROW_ASSIGN_OR_RAISE(evidence_.versions[part], parts.Text(part));
    }
    ARROW_ASSIGN_OR_RAISE(evidence_.catalog, members_.Text("catalog"));
    ARROW_ASSIGN_OR_RAISE(evidence_.table, members_.Text("table"));
    ARROW_ASSIGN_OR_RAISE(evidence_.table_uuid, members_.Text("table_uuid"));
    return arrow::Status::OK();
  }

  arrow::Status ReadPin() {
    ARROW_ASSIGN_OR_RAISE(evidence_.metadata, ReadHashedFile("metadata"));
    ARROW_ASSIGN_OR_RAISE(const auto* list, members_.Member("manifest_list"));
    if (!list->is_null()) {
      ARROW_ASSIGN_OR_RAISE(evidence_.manifest_list, ReadHashedFile("manifest_list"));
    }
    ARROW_ASSIGN_OR_RAISE(evidence_.target, TargetFromJson(members_, "target"));
    ARROW_ASSIGN_OR_RAISE(const auto id, members_.NumberIf("snapshot_id"));
    if (id) evidence_.snapshot_id = SnapshotId(*id);
    ARROW_ASSIGN_OR_RAISE(evidence_.committed_at, members_.TimeIf("committed_at"));
    ARROW_ASSIGN_OR_RAISE(const int64_t schema_id, members_.Number("schema_id"));
    evidence_.schema_id = SchemaId(static_cast<int32_t>(schema_id));
    ARROW_ASSIGN_OR_RAISE(const auto* specs, members_.Array("spec_ids"));
    for (const auto& spec : *specs) {
      if (!spec.is_number_integer()) return members_.Wrong("spec_ids", "list of whole numbers");
      evidence_.spec_ids.emplace_back(spec.get<int32_t>());
    }
    ARROW_ASSIGN_OR_RAISE(evidence_.mode, ModeFromJson(members_, "mode"));
    return arrow::Status::OK();
  }

  arrow::Status ReadQuestion() {
    ARROW_ASSIGN_OR_RAISE(const auto* where, members_.Member("predicate"));
    if (!where->is_null()) {
      ARROW_ASSIGN_OR_RAISE(const auto text, DumpJson(*where, false));
      ARROW_ASSIGN_OR_RAISE(evidence_.where, PredicateFromJson(text));
    }
    ARROW_ASSIGN_OR_RAISE(const auto* columns, members_.Member("columns"));
    if (!columns->is_null()) {
      ARROW_ASSIGN_OR_RAISE(columns, members_.Array("columns"));
      evidence_.columns.emplace();
      for (const auto& column : *columns) {
        if (!column.is_string()) return members_.Wrong("columns", "list of names");
        evidence_.columns->push_back(column.get<std::string>());
      }
    }
    ARROW_ASSIGN_OR_RAISE(evidence_.limit, members_.NumberIf("limit"));
    return arrow::Status::OK();
  }

  arrow::Result<HashedFile> ReadHashedFile(const std::string& key) {
    ARROW_ASSIGN_OR_RAISE(const auto* object, members_.Object(key));
    const JsonMembers members(*object, where_ + ": " + key);
    HashedFile file;
    ARROW_ASSIGN_OR_RAISE(file.location, members.Text("location"));
    ARROW_ASSIGN_OR_RAISE(file.size_bytes, members.Number("size_bytes"));
    ARROW_ASSIGN_OR_RAISE(file.sha256, members.Text("sha256"));
    return file;
  }

  arrow::Result<EvidenceFile> ReadFile(const OrderedJson& object, const std::string& where) {
    if (!object.is_object()) return arrow::Status::Invalid(where, ": is no object");
    const JsonMembers members(object, where);
    EvidenceFile file;
    ARROW_ASSIGN_OR_RAISE(file.path, members.Text("path"));
    ARROW_ASSIGN_OR_RAISE(file.content, members.Text("content"));
    ARROW_ASSIGN_OR_RAISE(file.format, members.Text("format"));
    ARROW_ASSIGN_OR_RAISE(file.size_bytes, members.Number("size_bytes"));
    ARROW_ASSIGN_OR_RAISE(file.record_count, members.Number("record_count"));
    ARROW_ASSIGN_OR_RAISE(const auto* groups, members.Member("row_groups"));
    if (!groups->is_null()) {
      ARROW_ASSIGN_OR_RAISE(groups, members.Array("row_groups"));
      file.row_groups.emplace();
      for (const auto& group : *groups) {
        if (!group.is_number_integer()) return members.Wrong("row_groups", "list of whole numbers");
        file.row_groups->push_back(group.get<int>());
      }
    }
    if (object.contains("blob_offset")) {
      ARROW_ASSIGN_OR_RAISE(file.blob_offset, members.NumberIf("blob_offset"));
    }
    ARROW_ASSIGN_OR_RAISE(file.footer_bytes, members.Number("footer_bytes"));
    ARROW_ASSIGN_OR_RAISE(file.footer_sha256, members.Text("footer_sha256"));
    if (object.contains("sha256")) {
      ARROW_ASSIGN_OR_RAISE(file.sha256, members.Text("sha256"));
    }
    return file;
  }

  arrow::Result<std::vector<EvidenceFile>> ReadFiles(const std::string& key) {
    ARROW_ASSIGN_OR_RAISE(const auto* list, members_.Array(key));
    std::vector<EvidenceFile> files;
    for (const auto& object : *list) {
      const std::string where = where_ + ": " + key + "[" + std::to_string(files.size()) + "]";
      ARROW_ASSIGN_OR_RAISE(files.emplace_back(), ReadFile(object, where));
    }
    return files;
  }

  arrow::Status ReadResult() {
    ARROW_ASSIGN_OR_RAISE(const auto* object, members_.Object("result"));
    const JsonMembers members(*object, where_ + ": result");
    ARROW_ASSIGN_OR_RAISE(const auto formula, members.Text("formula"));
    if (formula != kRowSetHashName) {
      return arrow::Status::Invalid(where_, ": the result hash is made by the formula '", formula,
                                    "', which this version does not know");
    }
    ARROW_ASSIGN_OR_RAISE(const auto* columns, members.Array("columns"));
    for (const auto& column : *columns) {
      if (!column.is_object()) return members.Wrong("columns", "list of objects");
      const JsonMembers parts(column, where_ + ": result.columns");
      ARROW_ASSIGN_OR_RAISE(const int64_t id, parts.Number("field_id"));
      EvidenceColumn& read = evidence_.result_columns.emplace_back();
      read.field_id = static_cast<int32_t>(id);
      ARROW_ASSIGN_OR_RAISE(read.name, parts.Text("name"));
      ARROW_ASSIGN_OR_RAISE(read.type, parts.Text("type"));
    }
    ARROW_ASSIGN_OR_RAISE(evidence_.result_rows, members.Number("rows"));
    ARROW_ASSIGN_OR_RAISE(evidence_.result_hash, members.Text("hash"));
    return arrow::Status::OK();
  }

  const std::string where_;
  const JsonMembers members_;
  Evidence evidence_;
};

// The digest of all members but itself, in their order, without blanks.
arrow::Result<std::string> DigestOf(OrderedJson json) {
  json.erase(kDigestKey);
  ARROW_ASSIGN_OR_RAISE(const auto text, DumpJson(json, false));
  return HexOf(Sha256Of(text));
}

}  // namespace

arrow::Result<std::string> EvidenceToJson(const Evidence& evidence) {
  ARROW_ASSIGN_OR_RAISE(OrderedJson json, RecordJson(evidence));
  ARROW_ASSIGN_OR_RAISE(json[kDigestKey], DigestOf(json));
  ARROW_ASSIGN_OR_RAISE(const auto text, DumpJson(json, true));
  return text + "\n";
}

arrow::Result<Evidence> EvidenceFromJson(std::string_view text, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const OrderedJson json, ParseJsonObject(text, path));
  if (!json.contains("artemis_evidence")) {
    return arrow::Status::Invalid(path, ": is no evidence record ('artemis_evidence' is missing)");
  }
  const JsonMembers members(json, path);
  ARROW_ASSIGN_OR_RAISE(const int64_t format, members.Number("artemis_evidence"));
  if (format != kEvidenceFormat) {
    return arrow::Status::Invalid(path, ": is a record of format ", format,
                                  "; this version reads format ", kEvidenceFormat);
  }
  ARROW_ASSIGN_OR_RAISE(const auto told, members.Text(kDigestKey));
  ARROW_ASSIGN_OR_RAISE(const auto digest, DigestOf(json));
  if (told != digest) {
    return arrow::Status::Invalid(path, ": was changed after it was written: its members have the ",
                                  "digest ", digest, ", it says ", told);
  }
  return EvidenceReader(json, path).Read();
}

}  // namespace artemis
