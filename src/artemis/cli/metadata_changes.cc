// Differences between two states of a table's metadata.
#include "artemis/cli/metadata_changes.h"

#include <algorithm>
#include <map>
#include <set>

#include "artemis/commit/once.h"
#include "artemis/output/facts.h"
#include "artemis/table/update.h"
#include "artemis/write/row_order.h"

namespace artemis {

namespace {

using Changes = std::vector<std::string>;

// Fields of one struct level and all below, by id, each with its full name and its parent's id (0: the top).
struct PlacedField {
  const Field* field = nullptr;
  std::string full_name;
  FieldId parent;
};
using PlacedFields = std::map<FieldId, PlacedField>;

void PlaceFields(const std::vector<Field>& fields, const std::string& prefix, FieldId parent,
                 PlacedFields* placed) {
  for (const auto& field : fields) {
    const std::string name = prefix + field.name;
    (*placed)[field.id] = {&field, name, parent};
    PlaceFields(field.type.fields, name + ".", field.id, placed);
  }
}

std::vector<FieldId> CommonOrder(const std::vector<Field>& fields, const PlacedFields& others) {
  std::vector<FieldId> order;
  for (const auto& field : fields) {
    if (others.contains(field.id)) order.push_back(field.id);
  }
  return order;
}

class SchemaDifference {
 public:
  SchemaDifference(const Schema& before, const Schema& after) : before_(before), after_(after) {
    PlaceFields(before.fields, "", FieldId(0), &old_);
    PlaceFields(after.fields, "", FieldId(0), &new_);
  }

  Changes Run() {
    for (const auto& [id, place] : old_) {
      if (!new_.contains(id) && (place.parent.value == 0 || new_.contains(place.parent))) {
        changes_.push_back("drop-column " + place.full_name);
      }
    }
    for (const auto& [id, place] : new_) {
      const auto found = old_.find(id);
      if (found != old_.end()) {
        Compare(found->second, place);
      } else if (place.parent.value == 0 || old_.contains(place.parent)) {
        changes_.push_back("add-column " + place.full_name + " " + place.field->type.ToString() +
                           (place.field->required ? " required" : ""));
      }
    }
    CompareOrder(before_.fields, after_.fields, "");
    CompareIdentifiers();
    return std::move(changes_);
  }

 private:
  void Compare(const PlacedField& before, const PlacedField& after) {
    const Field& a = *before.field;
    const Field& b = *after.field;
    if (a.name != b.name) changes_.push_back("rename-column " + before.full_name + " " + b.name);
    if (a.type.is_primitive() && a.type != b.type) {
      changes_.push_back("widen-column " + after.full_name + " " + a.type.ToString() + " to " +
                         b.type.ToString());
    }
    if (a.required != b.required) {
      changes_.push_back((b.required ? "make-required " : "make-optional ") + after.full_name);
    }
    if (a.doc != b.doc) changes_.push_back("describe-column " + after.full_name);
    if (a.write_default != b.write_default) {
      changes_.push_back("set-default " + after.full_name);
    }
    if (!b.type.is_primitive()) CompareOrder(a.type.fields, b.type.fields, after.full_name + ".");
  }

  // One column that stands elsewhere is a move; more than that is a new order.
  void CompareOrder(const std::vector<Field>& before, const std::vector<Field>& after,
                    const std::string& prefix) {
    const auto a = CommonOrder(before, new_);
    const auto b = CommonOrder(after, old_);
    if (a == b || a.size() != b.size()) return;
    for (const FieldId moved : b) {
      auto rest_a = a, rest_b = b;
      std::erase(rest_a, moved);
      std::erase(rest_b, moved);
      if (rest_a != rest_b) continue;
      const auto place = std::find(b.begin(), b.end(), moved);
      const std::string name = new_.at(moved).full_name;
      changes_.push_back(
          "move-column " + name +
          (place == b.begin() ? " --first" : " --after " + new_.at(*(place - 1)).field->name));
      return;
    }
    changes_.push_back("columns in another order" +
                       (prefix.empty() ? "" : " in " + prefix.substr(0, prefix.size() - 1)));
  }

  void CompareIdentifiers() {
    if (before_.identifier_field_ids == after_.identifier_field_ids) return;
    std::string names;
    for (const FieldId id : after_.identifier_field_ids) {
      names += (names.empty() ? "" : ",") + after_.FullName(id);
    }
    changes_.push_back(names.empty() ? "set-identifier --none" : "set-identifier " + names);
  }

  const Schema& before_;
  const Schema& after_;
  PlacedFields old_, new_;
  Changes changes_;
};

void Append(Changes* changes, Changes more) {
  changes->insert(changes->end(), more.begin(), more.end());
}

// Bookkeeping of commits, and what is told as "set-sort".
bool IsNoUsersProperty(const std::string& key) {
  return key == kOnceKeysProperty || key == kClusteringProperty;
}

std::string ClusteringProperty(const TableMetadata& metadata) {
  const auto found = metadata.properties.find(kClusteringProperty);
  return found == metadata.properties.end() ? "" : found->second;
}

Changes PropertyChanges(const std::map<std::string, std::string>& before,
                        const std::map<std::string, std::string>& after) {
  Changes changes;
  for (const auto& [key, value] : after) {
    if (IsNoUsersProperty(key)) continue;
    const auto found = before.find(key);
    if (found == before.end() || found->second != value) {
      changes.push_back("set-property " + key + "=" + value);
    }
  }
  for (const auto& [key, value] : before) {
    if (!IsNoUsersProperty(key) && !after.contains(key)) {
      changes.push_back("unset-property " + key);
    }
  }
  return changes;
}

Changes RefChanges(const std::map<std::string, SnapshotRef>& before,
                   const std::map<std::string, SnapshotRef>& after) {
  Changes changes;
  const auto kind = [](const SnapshotRef& ref) {
    return std::string(ref.kind == SnapshotRef::Kind::kTag ? "tag" : "branch");
  };
  for (const auto& [name, ref] : after) {
    if (name == kMainBranch) continue;
    const auto found = before.find(name);
    if (found != before.end() && found->second == ref) continue;
    std::string change = kind(ref) + (found == before.end() ? " create " : " replace ") + name;
    if (found == before.end() || found->second.snapshot_id != ref.snapshot_id) {
      change += " at snapshot " + ToString(ref.snapshot_id);
    }
    changes.push_back(change);
  }
  for (const auto& [name, ref] : before) {
    if (name != kMainBranch && !after.contains(name)) {
      changes.push_back(kind(ref) + " delete " + name);
    }
  }
  return changes;
}

std::string OrNone(std::string text) { return text.empty() ? "''" : text; }

}  // namespace

std::vector<std::string> SchemaChanges(const Schema& before, const Schema& after) {
  return SchemaDifference(before, after).Run();
}

std::vector<std::string> MetadataChanges(const TableMetadata& before, const TableMetadata& after) {
  Changes changes = SchemaChanges(before.CurrentSchema(), after.CurrentSchema());
  const Schema& schema = after.CurrentSchema();
  if (before.default_spec_id != after.default_spec_id) {
    changes.push_back("set-partition " + OrNone(FormatPartitionSpec(after.DefaultSpec(), schema)));
  }
  if (before.default_sort_order_id != after.default_sort_order_id ||
      ClusteringProperty(before) != ClusteringProperty(after)) {
    changes.push_back("set-sort " + OrNone(RowOrderText(after)));
  }
  Append(&changes, PropertyChanges(before.properties, after.properties));
  Append(&changes, RefChanges(before.refs, after.refs));
  if (before.format_version != after.format_version) {
    changes.push_back("upgrade " + std::to_string(after.format_version));
  }
  if (before.location != after.location) changes.push_back("location " + after.location);
  return changes;
}

std::string DescribeCreation(const TableMetadata& metadata) {
  const Schema& schema = metadata.CurrentSchema();
  std::string text = CountOf(static_cast<int64_t>(schema.fields.size()), "column");
  const std::string spec = FormatPartitionSpec(metadata.DefaultSpec(), schema);
  const std::string order = RowOrderText(metadata);
  const bool is_sorted = !metadata.DefaultSortOrder().fields.empty();
  if (!spec.empty()) text += "; partitioned by " + spec;
  if (!order.empty()) text += (is_sorted ? "; sorted by " : "; clustered by ") + order;
  return text;
}

}  // namespace artemis
