// Whether a table that is there has the columns that its caller expects.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <arrow/status.h>

#include "artemis/schema/schema.h"

namespace artemis {

// The table exists, and one of its columns is not what was asked for. The table is unchanged.
class SchemaMismatch : public arrow::StatusDetail {
 public:
  SchemaMismatch(std::string full_name, std::string asked, std::string has)
      : field(std::move(full_name)), expected(std::move(asked)), found(std::move(has)) {}
  static constexpr const char* kTypeId = "artemis::SchemaMismatch";
  const char* type_id() const override { return kTypeId; }
  std::string ToString() const override;

  std::string field;     // "position.lat"
  std::string expected;  // "optional double", "no such column", "field id 7"
  std::string found;
};

// How fields are told to be the same.
enum class FieldIdentity : uint8_t {
  kName,       // the caller's schema has no ids of its own
  kNameAndId,  // both must agree
};

// OK when both have the same columns: names, types, whether they may be null, at every depth. Order, docs, defaults and schema ids do
// not matter. Else AlreadyExists with the detail SchemaMismatch of the first column that differs, in the order of `expected`.
arrow::Status CheckSameColumns(const Schema& expected, const Schema& found, FieldIdentity identity);

}  // namespace artemis
