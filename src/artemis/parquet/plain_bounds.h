// The bounds that Parquet keeps of values, as the Appendix D bytes that Iceberg keeps of them: one way for the statistics of row
// groups and of pages.
#pragma once

#include <optional>
#include <string>

#include <arrow/type_fwd.h>
#include <parquet/schema.h>

namespace artemis {

enum class BoundSide : uint8_t { kLower, kUpper };

// `plain` is one plain-encoded value of the descriptor's physical type (parquet.thrift, Statistics). A zero is widened to the zero of
// that side. nullopt: NaN, bytes of another length, types without an order of ours (half floats, decimals past 38 digits, INT96).
std::optional<std::string> BoundBytes(const std::string& plain, const arrow::DataType& type,
                                      parquet::Type::type physical, BoundSide side);

// Whether the file says that the column's bounds follow the order of its type. Without that they are signed, whatever the type.
bool HasTypeOrder(const parquet::ColumnDescriptor& descriptor);

}  // namespace artemis
