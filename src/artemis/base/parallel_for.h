// The same work for each of many items, on a few threads.
#pragma once

#include <cstddef>
#include <functional>

#include <arrow/status.h>

namespace artemis {

// Calls work(i) for each i below `count`, in ascending order of start, on up to `threads` threads of its own and the caller's
// (0: as many as the machine runs at once, at most 8). `work` must be safe to call from several threads at once; calls that write
// only to item i's place are.
//
// Returns once every call that was begun has ended. After a failure no new call begins; the failure of the smallest i comes back.
arrow::Status ParallelFor(size_t count, int threads,
                          const std::function<arrow::Status(size_t)>& work);

}  // namespace artemis
