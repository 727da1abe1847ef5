// CSV as RFC 4180 has it, with a header: its names are matched to columns, in any order.
//
// Records end with "\n" or "\r\n". A field in double quotes may hold delimiters, line breaks and, doubled, quotes; a quote within
// a field without them is an error, as are other bytes behind a closing quote. An empty field is null, an empty one in quotes the
// empty string. Blank lines are skipped, unless there is only one column. Blanks belong to their field. Single values:
// text_value.h; columns of structs, lists and maps cannot be given.
#pragma once

#include <memory>

#include "artemis/ingest/text_rows.h"

namespace artemis {

// Reads the header. Invalid, naming the column: one that the target does not have (unless options ignore it), one that is there
// twice, one without a text form, a required one that is missing; also an input without a header, or a broken one.
arrow::Result<std::unique_ptr<LineParser>> MakeCsvRecordParser(
    LineSource& lines, std::shared_ptr<const RowTarget> target, const TextRowsOptions& options);

}  // namespace artemis
