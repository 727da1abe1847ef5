// Writes the writer's events.
#include "artemis/parquet/write_events.h"

#include "artemis/base/event_log.h"
#include "artemis/parquet/write_summary.h"

namespace artemis {

void LogRowGroupFlush(EventLog* events, const RowGroupFlush& flush) {
  if (events == nullptr) return;
  events->Write(EventLevel::kInfo, "row_group_flush",
                {{"path", flush.path},
                 {"rg_idx", int64_t{flush.row_group}},
                 {"rows", flush.rows},
                 {"compressed_bytes", flush.compressed_bytes},
                 {"elapsed_ms", flush.elapsed_ms}});
}

void LogDictionaryFallback(EventLog* events, const std::string& path,
                           const DictionaryFallback& fallback) {
  if (events == nullptr) return;
  events->Write(
      EventLevel::kInfo, "dictionary_fallback",
      {{"path", path}, {"column", fallback.column}, {"row_group", int64_t{fallback.row_group}}});
}

void LogWriteClosed(EventLog* events, const WriteSummary& summary) {
  if (events == nullptr) return;
  events->Write(EventLevel::kInfo, "write_closed",
                {{"path", summary.path},
                 {"rows", summary.rows},
                 {"compressed_bytes", summary.compressed_bytes},
                 {"row_groups", summary.row_groups},
                 {"columns", EventJson{WriteSummaryColumnsToJson(summary)}},
                 {"elapsed_ms", summary.elapsed_ms}});
}

}  // namespace artemis
