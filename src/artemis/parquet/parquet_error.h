// The wall between Parquet's exceptions and our statuses.
#pragma once

#include <string>
#include <utility>

#include <arrow/result.h>
#include <parquet/exception.h>

namespace artemis {

// Runs `call`, which gives a Status or a Result, and turns what it throws into a status.
template <typename Call>
auto CatchParquet(Call&& call) -> decltype(call()) {
  BEGIN_PARQUET_CATCH_EXCEPTIONS
  return std::forward<Call>(call)();
  END_PARQUET_CATCH_EXCEPTIONS
}

// What reading `path` came to: a failure that says that the bytes break the format becomes CorruptFile; running out of memory,
// what is not implemented, cancellation, our own details and errors of the operating system keep their kind and get the path.
arrow::Status ReadError(const std::string& path, const arrow::Status& status);

}  // namespace artemis
