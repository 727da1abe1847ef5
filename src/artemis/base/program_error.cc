// Details that mark a usage error and a closed pipe.
#include "artemis/base/program_error.h"

#include <memory>

#include "artemis/base/error.h"

namespace artemis {

namespace {

class UsageDetail : public arrow::StatusDetail {
 public:
  static constexpr const char* kTypeId = "artemis::Usage";
  const char* type_id() const override { return kTypeId; }
  std::string ToString() const override { return "Usage"; }
};

class ClosedPipeDetail : public arrow::StatusDetail {
 public:
  static constexpr const char* kTypeId = "artemis::ClosedPipe";
  const char* type_id() const override { return kTypeId; }
  std::string ToString() const override { return "ClosedPipe"; }
};

}  // namespace

arrow::Status UsageError(const std::string& message) {
  return arrow::Status(arrow::StatusCode::Invalid, message, std::make_shared<UsageDetail>());
}

arrow::Status AsUsageError(const arrow::Status& status) {
  return status.ok() ? status : UsageError(status.message());
}

bool IsUsageError(const arrow::Status& status) {
  return FindDetail<UsageDetail>(status) != nullptr;
}

arrow::Status ClosedPipeError() {
  return arrow::Status(arrow::StatusCode::IOError, "standard output was closed by its reader",
                       std::make_shared<ClosedPipeDetail>());
}

bool IsClosedPipe(const arrow::Status& status) {
  return FindDetail<ClosedPipeDetail>(status) != nullptr;
}

}  // namespace artemis
