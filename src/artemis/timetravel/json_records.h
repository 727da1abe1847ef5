// Rows from JSON text that is at hand: an array of objects, or objects one after another.
#pragma once

#include <memory>
#include <string_view>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/table/metadata.h"

namespace artemis {

// The rows in the columns of the table's current schema. `json` is "[{…}, {…}]", or objects with or without line breaks between and
// within them; nothing is no rows. Members are matched by name; a column that is left out gets its write default, else null. Values
// are taken as artemis-table append takes JSON lines (ingest/json_lines.h, ingest/text_value.h).
// Invalid names the record (from 1) and its column. Copies `json`.
arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> ReadJsonRecords(const TableMetadata& table,
                                                                         std::string_view json);

}  // namespace artemis
