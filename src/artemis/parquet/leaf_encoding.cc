// Choices by dotted path go before choices by column.
#include "artemis/parquet/leaf_encoding.h"

#include <algorithm>
#include <optional>

#include <arrow/type.h>
#include <parquet/schema.h>

#include "artemis/base/json_text.h"
#include "artemis/parquet/encoding_policy.h"

namespace artemis {
namespace {

std::optional<EncodingChoice> ChoiceOf(const std::string& path, const std::string& column,
                                       const ParquetWriterOptions& options) {
  for (const std::string& name : {path, column}) {
    const auto found = options.encodings.find(name);
    if (found != options.encodings.end()) return found->second;
  }
  if (options.encoding_mode == EncodingMode::kAuto) return EncodingChoice::Auto();
  return std::nullopt;
}

}  // namespace

std::string_view ChosenByName(ChosenBy chosen_by) {
  switch (chosen_by) {
    case ChosenBy::kPolicy:
      return "policy";
    case ChosenBy::kOverride:
      return "override";
    case ChosenBy::kAuto:
      return "auto";
  }
  return "";
}

std::vector<int> LeavesNamed(const std::string& name, const arrow::Schema& schema,
                             const std::vector<LeafColumn>& leaves,
                             const parquet::SchemaDescriptor& descriptor) {
  std::vector<int> by_path;
  std::vector<int> by_column;
  for (const LeafColumn& leaf : leaves) {
    if (descriptor.Column(leaf.leaf_index)->path()->ToDotString() == name) {
      by_path.push_back(leaf.leaf_index);
    }
    if (schema.field(leaf.column)->name() == name) by_column.push_back(leaf.leaf_index);
  }
  return by_path.empty() ? by_column : by_path;
}

arrow::Result<std::vector<LeafEncoding>> PlanLeafEncodings(
    const arrow::Schema& schema, const std::vector<LeafColumn>& leaves,
    const parquet::SchemaDescriptor& descriptor, const ParquetWriterOptions& options) {
  for (const auto& [name, choice] : options.encodings) {
    if (!LeavesNamed(name, schema, leaves, descriptor).empty()) continue;
    return arrow::Status::Invalid("an encoding is given for column '", name,
                                  "', which the rows do not have");
  }
  std::vector<LeafEncoding> planned;
  for (const LeafColumn& leaf : leaves) {
    const std::string& column = schema.field(leaf.column)->name();
    LeafEncoding plan;
    plan.path = descriptor.Column(leaf.leaf_index)->path()->ToDotString();
    const bool nested = leaf.repeated || !leaf.struct_path.empty();
    plan.encoding = ChooseEncoding(column, *leaf.type, nested);
    const auto choice = ChoiceOf(plan.path, column, options);
    if (choice && choice->is_auto()) {
      plan.chosen_by = ChosenBy::kAuto;
    } else if (choice) {
      if (!EncodingFits(choice->encoding(), *leaf.type)) {
        return arrow::Status::TypeError("column '", plan.path, "' of type ", leaf.type->ToString(),
                                        " cannot be encoded as ", EncodingName(choice->encoding()));
      }
      plan.encoding = choice->encoding();
      plan.chosen_by = ChosenBy::kOverride;
    }
    planned.push_back(std::move(plan));
  }
  return planned;
}

bool HasAuto(const std::vector<LeafEncoding>& leaves) {
  return std::any_of(leaves.begin(), leaves.end(),
                     [](const LeafEncoding& leaf) { return leaf.chosen_by == ChosenBy::kAuto; });
}

std::string LeafEncodingsToJson(const std::vector<LeafEncoding>& leaves) {
  std::string json = "{";
  for (const LeafEncoding& leaf : leaves) {
    json += (json.size() > 1 ? "," : "") + JsonString(leaf.path);
    json += ":{\"encoding\":" + JsonString(EncodingName(leaf.encoding));
    json += ",\"chosen_by\":" + JsonString(ChosenByName(leaf.chosen_by));
    if (!leaf.sample_bytes.empty()) {
      json += ",\"sample_rows\":" + std::to_string(leaf.sample_rows) + ",\"sample_bytes\":{";
      for (size_t i = 0; i < leaf.sample_bytes.size(); ++i) {
        const auto& [encoding, bytes] = leaf.sample_bytes[i];
        json +=
            (i > 0 ? "," : "") + JsonString(EncodingName(encoding)) + ":" + std::to_string(bytes);
      }
      json += "}";
    }
    json += "}";
  }
  return json + "}";
}

}  // namespace artemis
