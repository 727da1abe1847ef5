// What a snapshot's summary says.
#include "artemis/table/snapshot.h"

namespace artemis {

std::string Snapshot::operation() const {
  const auto found = summary.find("operation");
  return found == summary.end() ? std::string() : found->second;
}

arrow::Status RefuseEncrypted(const Snapshot& snapshot) {
  if (!snapshot.key_id || snapshot.key_id->empty()) return arrow::Status::OK();
  return arrow::Status::NotImplemented("the manifest list of snapshot ", ToString(snapshot.id),
                                       " is encrypted with key '", *snapshot.key_id,
                                       "', and encrypted files are not read");
}

}  // namespace artemis
