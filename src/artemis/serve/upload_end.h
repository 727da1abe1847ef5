// Whether an upload came to its end, or its client is gone.
#pragma once

#include <arrow/status.h>

namespace arrow::flight {
class ServerCallContext;
}

namespace artemis {

// To be asked once a call's reader has no more to give. gRPC ends the reader of a call alike whether the client has said all or has
// died, and learns of the latter by the same event a moment later: so this waits for that moment, 50 ms. Cancelled: the client is gone.
arrow::Status CheckUploadIsWhole(const arrow::flight::ServerCallContext& context);

}  // namespace artemis
