// JSON lines: one object a line, its members matched to columns by name.
//
// Members in any order; a column that is left out is null. Objects fill structs, arrays lists, and maps are arrays of
// {"key":…,"value":…} or, where the keys are spelled as strings, objects. Blank lines are skipped. Beyond RFC 8259 the bare words
// NaN, Infinity and -Infinity are numbers, as Python writes them. Single values: text_value.h.
#pragma once

#include <memory>

#include "artemis/ingest/text_rows.h"

namespace artemis {

// Append refuses a line that is no valid JSON object in UTF-8, a member that the target does not have (unless options ignore
// it), one that is there twice, and a value that does not fit its column.
std::unique_ptr<LineParser> MakeJsonLineParser(std::shared_ptr<const RowTarget> target,
                                               const TextRowsOptions& options);

}  // namespace artemis
