// How a table's rows are clustered, where that is not a sort order: along a Z-order or a Hilbert curve over up to eight columns.
//
// Iceberg's sort orders know columns and transforms of one column, but no curve over several. So a clustering is a table property,
//
//   artemis.write.clustering = zorder(payload_id, sensor_kind), fields(3, 4)
//
// and files written along it carry sort order 0, "unsorted": other writers and readers need not know of it. The field ids decide
// which columns are meant; the names are those of the day the property was set and are there to be read. A rename by any engine
// thus changes nothing. Without fields(…) the names decide.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

#include "artemis/schema/schema.h"
#include "artemis/schema/sort_order.h"

namespace artemis {

inline constexpr char kClusteringProperty[] = "artemis.write.clustering";

enum class ClusteringKind : uint8_t { kNone, kZOrder, kHilbert };

// kNone has no columns, the others 1 to 8, none twice. Of two columns equally important the first has the higher bit.
struct Clustering {
  static constexpr size_t kColumnsMax = 8;

  ClusteringKind kind = ClusteringKind::kNone;
  std::vector<FieldId> columns = {};

  bool is_none() const { return kind == ClusteringKind::kNone; }
  bool operator==(const Clustering&) const = default;
};

// Invalid unless there are 1 to 8 columns, each once, in the schema, of a primitive type, and in no list or map.
arrow::Status CheckClustering(const Clustering& clustering, const Schema& schema);

// Parses "zorder(a, b)", "hilbert(a, b)" (in any case; names as in partition specs), both also with ", fields(3, 4)" behind. Blank
// text is no clustering. Invalid: other text, and what CheckClustering finds.
arrow::Result<Clustering> ParseClustering(std::string_view text, const Schema& schema);
// "zorder(payload_id, sensor_kind)"; empty for none.
std::string FormatClustering(const Clustering& clustering, const Schema& schema);
// The property's value: the same with the field ids.
std::string ClusteringText(const Clustering& clustering, const Schema& schema);

// The clustering of a table with these properties (metadata.properties) and this current schema. Columns that have been dropped since
// it was set are passed over. Invalid, naming the property, for text that cannot be read or a name that the schema does not have.
arrow::Result<Clustering> ClusteringOf(const std::map<std::string, std::string>& properties,
                                       const Schema& schema);

// What "create --sort" and "alter set-sort" take: a sort order or a clustering.
struct RowOrder {
  SortOrder sort;
  Clustering clustering = {};
};

// ParseSortOrder, or ParseClustering where the text asks for a curve. Invalid where it asks for both: the message names them.
arrow::Result<RowOrder> ParseRowOrder(std::string_view text, const Schema& schema);

}  // namespace artemis
