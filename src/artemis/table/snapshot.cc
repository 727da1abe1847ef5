// What a snapshot's summary says.
#include "artemis/table/snapshot.h"

namespace artemis {

std::string Snapshot::operation() const {
  const auto found = summary.find("operation");
  return found == summary.end() ? std::string() : found->second;
}

}  // namespace artemis
