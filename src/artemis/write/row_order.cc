// Sort orders and clusterings side by side.
#include "artemis/write/row_order.h"

#include <utility>

#include "artemis/table/update.h"

namespace artemis {

namespace {

arrow::Status RefuseBoth(const Clustering& clustering, const SortOrder& order,
                         const Schema& schema) {
  if (clustering.is_none() || order.fields.empty()) return arrow::Status::OK();
  return arrow::Status::Invalid("rows are clustered by ", FormatClustering(clustering, schema),
                                " or sorted by ", FormatSortOrder(order, schema), ", not both");
}

// The property as it is to be stored.
arrow::Result<std::string> CheckedProperty(const std::string& text, const SortOrder& order,
                                           const Schema& schema) {
  ARROW_ASSIGN_OR_RAISE(const auto clustering, ParseClustering(text, schema));
  ARROW_RETURN_NOT_OK(RefuseBoth(clustering, order, schema));
  return ClusteringText(clustering, schema);
}

arrow::Status RefuseDropped(const Clustering& clustering, const Schema& before,
                            const Schema& after) {
  for (const FieldId id : clustering.columns) {
    if (after.FindField(id) != nullptr) continue;
    return arrow::Status::Invalid("column '", before.FullName(id), "' is part of ",
                                  FormatClustering(clustering, before),
                                  ", by which the table is clustered: set-sort '' first");
  }
  return arrow::Status::OK();
}

}  // namespace

std::string RowOrderText(const TableMetadata& metadata) {
  const Schema& schema = metadata.CurrentSchema();
  std::string order = FormatSortOrder(metadata.DefaultSortOrder(), schema);
  if (!order.empty()) return order;
  const auto clustering = ClusteringOf(metadata.properties, schema);
  return clustering.ok() ? FormatClustering(*clustering, schema)
                         : metadata.properties.at(kClusteringProperty);
}

arrow::Status SetRowOrder(const std::string& text, NewTable* table) {
  ARROW_ASSIGN_OR_RAISE(auto order, ParseRowOrder(text, table->schema));
  table->sort_order = std::move(order.sort);
  const auto property = table->properties.find(kClusteringProperty);
  if (!order.clustering.is_none()) {
    table->properties[kClusteringProperty] = ClusteringText(order.clustering, table->schema);
  } else if (property != table->properties.end()) {
    ARROW_ASSIGN_OR_RAISE(property->second,
                          CheckedProperty(property->second, table->sort_order, table->schema));
  }
  return arrow::Status::OK();
}

arrow::Result<TableMetadata> WithRowOrder(const TableMetadata& metadata, const std::string& text) {
  const Schema& schema = metadata.CurrentSchema();
  ARROW_ASSIGN_OR_RAISE(auto order, ParseRowOrder(text, schema));
  ARROW_ASSIGN_OR_RAISE(auto next, SetDefaultSortOrder(metadata, std::move(order.sort)));
  if (order.clustering.is_none()) return RemoveProperties(std::move(next), {kClusteringProperty});
  return SetProperties(std::move(next),
                       {{kClusteringProperty, ClusteringText(order.clustering, schema)}});
}

arrow::Result<TableMetadata> SettleClustering(const TableMetadata& before, TableMetadata after) {
  const auto property = after.properties.find(kClusteringProperty);
  if (property == after.properties.end()) return after;
  const auto was = before.properties.find(kClusteringProperty);
  if (was == before.properties.end() || was->second != property->second) {
    ARROW_ASSIGN_OR_RAISE(
        property->second,
        CheckedProperty(property->second, after.DefaultSortOrder(), after.CurrentSchema()));
    return after;
  }
  const auto clustering = ClusteringOf(before.properties, before.CurrentSchema());
  if (!clustering.ok()) return after;
  ARROW_RETURN_NOT_OK(RefuseDropped(*clustering, before.CurrentSchema(), after.CurrentSchema()));
  return after;
}

}  // namespace artemis
