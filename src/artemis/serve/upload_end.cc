// Asks again and again, for as long as the two may lie apart.
#include "artemis/serve/upload_end.h"

#include <chrono>
#include <thread>

#include <arrow/flight/server.h>

namespace artemis {

namespace {

constexpr auto kUploadEndWait = std::chrono::milliseconds(50);
constexpr auto kUploadEndLook = std::chrono::milliseconds(5);

}  // namespace

arrow::Status CheckUploadIsWhole(const arrow::flight::ServerCallContext& context) {
  const auto until = std::chrono::steady_clock::now() + kUploadEndWait;
  do {
    if (context.is_cancelled()) {
      return arrow::flight::MakeFlightError(arrow::flight::FlightStatusCode::Cancelled,
                                            "the client was gone before the end of its upload");
    }
    std::this_thread::sleep_for(kUploadEndLook);
  } while (std::chrono::steady_clock::now() < until);
  return arrow::Status::OK();
}

}  // namespace artemis
