// What the examples share: rows to write, and an end that prints what went wrong.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include <arrow/array.h>
#include <arrow/json/from_string.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>

// Rows of mission (text) and volts (double), from JSON: [{"mission": "apollo-7", "volts": 28.1}].
inline arrow::Result<std::shared_ptr<arrow::RecordBatch>> Rows(const std::string& json) {
  const auto type = arrow::struct_(
      {arrow::field("mission", arrow::utf8()), arrow::field("volts", arrow::float64())});
  ARROW_ASSIGN_OR_RAISE(const auto rows, arrow::json::ArrayFromJSONString(type, json));
  return arrow::RecordBatch::FromStructArray(rows);
}

inline int Exit(const arrow::Status& status) {
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
