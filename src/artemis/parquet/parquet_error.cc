// Sorts read errors into broken bytes and everything else.
#include "artemis/parquet/parquet_error.h"

#include <algorithm>

#include <arrow/util/io_util.h>

#include "artemis/base/error.h"

namespace artemis {
namespace {

bool MeansBrokenBytes(const arrow::Status& status) {
  if (status.detail() != nullptr) return false;
  switch (status.code()) {
    case arrow::StatusCode::IOError:
    case arrow::StatusCode::Invalid:
    case arrow::StatusCode::SerializationError:
    case arrow::StatusCode::IndexError:
    case arrow::StatusCode::KeyError:
    case arrow::StatusCode::CapacityError:
    case arrow::StatusCode::TypeError:
    case arrow::StatusCode::UnknownError:
      return true;
    default:
      return false;
  }
}

std::string OneLine(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

arrow::Status ReadError(const std::string& path, const arrow::Status& status) {
  if (status.ok()) return status;
  if (MeansBrokenBytes(status)) return CorruptFileError(path, OneLine(status.message()));
  return WithContext(status, path);
}

}  // namespace artemis
