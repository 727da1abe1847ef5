// The writer's lines in the event log: row_group_flush, dictionary_fallback, write_closed.
#pragma once

#include <cstdint>
#include <string>

#include "artemis/parquet/writer.h"

namespace artemis {

class EventLog;

struct RowGroupFlush {
  std::string path;
  int row_group = 0;
  int64_t rows = 0;
  int64_t compressed_bytes = 0;
  int64_t elapsed_ms = 0;
};

// All do nothing without a log. The writer tells the first two; the last is for its owner to tell, once the file's bytes are
// durable.
void LogRowGroupFlush(EventLog* events, const RowGroupFlush& flush);
void LogDictionaryFallback(EventLog* events, const std::string& path,
                           const DictionaryFallback& fallback);
void LogWriteClosed(EventLog* events, const WriteSummary& summary);

}  // namespace artemis
