// Rules within the metadata.
#include "artemis/check/metadata_rules.h"

#include "artemis/base/time_text.h"
#include "artemis/table/update.h"

namespace artemis {

namespace {

// The specification lets clocks of writers differ by this much.
constexpr int64_t kClockToleranceMs = 60'000;

class MetadataRules {
 public:
  MetadataRules(const TableMetadata& metadata, Problems* problems)
      : metadata_(metadata), problems_(*problems) {}

  void Run() {
    for (const auto& snapshot : metadata_.snapshots) CheckSnapshot(snapshot);
    CheckRefs();
    CheckLogs();
    CheckIds();
  }

 private:
  void Report(const std::string& rule, const std::string& where, const std::string& what) {
    problems_.push_back({rule, where, what});
  }

  void CheckSnapshot(const Snapshot& snapshot) {
    const std::string where = "snapshot " + ToString(snapshot.id);
    if (snapshot.sequence_number > metadata_.last_sequence_number) {
      Report("sequence", where,
             "its sequence number " + ToString(snapshot.sequence_number) +
                 " is greater than the table's last, " + ToString(metadata_.last_sequence_number));
    }
    if (snapshot.schema_id && metadata_.FindSchema(*snapshot.schema_id) == nullptr) {
      Report("metadata", where, "its schema " + ToString(*snapshot.schema_id) + " is not there");
    }
    const Snapshot* parent =
        snapshot.parent_id ? metadata_.FindSnapshot(*snapshot.parent_id) : nullptr;
    if (parent == nullptr) return;
    const std::string of_parent = " of its parent, snapshot " + ToString(parent->id);
    if (metadata_.format_version > 1 && snapshot.sequence_number.value > 0 &&
        snapshot.sequence_number <= parent->sequence_number) {
      Report("sequence", where,
             "its sequence number " + ToString(snapshot.sequence_number) +
                 " is not greater than that" + of_parent + ", " +
                 ToString(parent->sequence_number));
    }
    if (snapshot.timestamp.value + kClockToleranceMs < parent->timestamp.value) {
      Report("sequence", where,
             "its time " + FormatTime(snapshot.timestamp) + " is before that" + of_parent + ", " +
                 FormatTime(parent->timestamp));
    }
  }

  void CheckRefs() {
    for (const auto& [name, ref] : metadata_.refs) {
      if (metadata_.FindSnapshot(ref.snapshot_id) == nullptr) {
        Report("reference", "ref " + name,
               "its snapshot " + ToString(ref.snapshot_id) + " is not there");
      }
    }
    if (metadata_.current_snapshot_id &&
        metadata_.FindSnapshot(*metadata_.current_snapshot_id) == nullptr) {
      Report("reference", "metadata",
             "the current snapshot " + ToString(*metadata_.current_snapshot_id) + " is not there");
    }
    const auto main = metadata_.refs.find(kMainBranch);
    if (main != metadata_.refs.end() && main->second.snapshot_id != metadata_.current_snapshot_id) {
      Report("reference", "ref main",
             "it names snapshot " + ToString(main->second.snapshot_id) +
                 ", and current-snapshot-id another one");
    }
  }

  void CheckLogs() {
    const auto& log = metadata_.snapshot_log;
    for (size_t i = 1; i < log.size(); ++i) {
      if (log[i].timestamp.value + kClockToleranceMs < log[i - 1].timestamp.value) {
        Report("metadata", "snapshot-log",
               "the entry of " + FormatTime(log[i].timestamp) + " follows that of " +
                   FormatTime(log[i - 1].timestamp));
      }
    }
    if (!log.empty() && metadata_.current_snapshot_id &&
        log.back().snapshot_id != *metadata_.current_snapshot_id) {
      Report("reference", "snapshot-log",
             "its last entry is snapshot " + ToString(log.back().snapshot_id) +
                 ", the current one is " + ToString(*metadata_.current_snapshot_id));
    }
    const auto& files = metadata_.metadata_log;
    for (size_t i = 1; i < files.size(); ++i) {
      if (files[i].timestamp.value + kClockToleranceMs < files[i - 1].timestamp.value) {
        Report("metadata", "metadata-log",
               "the entry of " + FormatTime(files[i].timestamp) + " follows that of " +
                   FormatTime(files[i - 1].timestamp));
      }
    }
  }

  void CheckIds() {
    for (const auto& schema : metadata_.schemas) {
      if (schema.HighestFieldId() > metadata_.last_column_id) {
        Report("metadata", "schema " + ToString(schema.id),
               "its field id " + ToString(schema.HighestFieldId()) +
                   " is greater than last-column-id, " + ToString(metadata_.last_column_id));
      }
    }
    for (const auto& spec : metadata_.partition_specs) {
      if (!spec.fields.empty() && spec.HighestFieldId() > metadata_.last_partition_id) {
        Report("metadata", "partition spec " + ToString(spec.id),
               "its field id " + ToString(spec.HighestFieldId()) +
                   " is greater than last-partition-id, " + ToString(metadata_.last_partition_id));
      }
    }
    CheckSources();
  }

  void CheckSources() {
    const Schema& schema = metadata_.CurrentSchema();
    for (const auto& field : metadata_.DefaultSpec().fields) {
      if (field.transform.kind == TransformKind::kVoid) continue;
      if (schema.FindField(field.source_id) == nullptr) {
        Report("metadata", "partition spec " + ToString(metadata_.default_spec_id),
               "the source of " + field.name + ", field " + ToString(field.source_id) +
                   ", is not in the current schema");
      }
    }
    for (const auto& field : metadata_.DefaultSortOrder().fields) {
      if (schema.FindField(field.source_id) == nullptr) {
        Report("metadata", "sort order " + ToString(metadata_.default_sort_order_id),
               "its source, field " + ToString(field.source_id) + ", is not in the current schema");
      }
    }
  }

  const TableMetadata& metadata_;
  Problems& problems_;
};

}  // namespace

void CheckMetadata(const TableMetadata& metadata, Problems* problems) {
  MetadataRules(metadata, problems).Run();
}

}  // namespace artemis
