// How a table orders the rows of new files, as commands take and show it: a sort order, or a clustering (layout/clustering.h).
#pragma once

#include <string>

#include <arrow/result.h>

#include "artemis/layout/clustering.h"
#include "artemis/table/metadata.h"

namespace artemis {

// "payload_id desc nulls last", "zorder(payload_id, sensor_kind)"; empty when rows are not ordered. A clustering property that cannot be
// read is given as it stands.
std::string RowOrderText(const TableMetadata& metadata);

// For create: reads --sort and the property artemis.write.clustering, which may have been given instead, into `table`. Invalid: both a
// sort order and a clustering, naming them, and what ParseRowOrder refuses.
arrow::Status SetRowOrder(const std::string& text, NewTable* table);

// For set-sort: the one replaces the other; '' ends both.
arrow::Result<TableMetadata> WithRowOrder(const TableMetadata& metadata, const std::string& text);

// For every other change: checks what it does to the clustering, and stores a property that was set by hand with its field ids. Invalid: a column
// of the clustering is dropped, a property that cannot be read, or one beside a sort order.
arrow::Result<TableMetadata> SettleClustering(const TableMetadata& before, TableMetadata after);

}  // namespace artemis
