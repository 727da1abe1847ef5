// Writes the writer's events.
#include "artemis/parquet/write_events.h"

#include <parquet/metadata.h>

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

void LogWriteClosed(EventLog* events, const parquet::FileMetaData& footer,
                    const WriteSummary& summary) {
  if (events == nullptr) return;
  const std::vector<DictionaryFallback> fallbacks = DictionaryFallbacks(footer);
  for (const DictionaryFallback& fallback : fallbacks) {
    events->Write(EventLevel::kInfo, "dictionary_fallback",
                  {{"path", summary.path},
                   {"column", fallback.column},
                   {"row_group", int64_t{fallback.row_group}}});
  }
  events->Write(EventLevel::kInfo, "write_closed",
                {{"path", summary.path},
                 {"rows", summary.rows},
                 {"compressed_bytes", summary.compressed_bytes},
                 {"row_groups", summary.row_groups},
                 {"fallback_row_groups", static_cast<int64_t>(fallbacks.size())},
                 {"elapsed_ms", summary.elapsed_ms}});
}

}  // namespace artemis
