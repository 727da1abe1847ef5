// The barriers of the product: none.
#include "artemis/io/barrier.h"

namespace artemis {

namespace {

class OpenBarriers : public Barriers {
 public:
  arrow::Status Reach(std::string_view) override { return arrow::Status::OK(); }
};

}  // namespace

Barriers& NoBarriers() {
  static OpenBarriers barriers;
  return barriers;
}

}  // namespace artemis
