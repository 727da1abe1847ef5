// A catalog that is opened for reading, and for writing only when something is written: who only looks locks and changes nothing.
#pragma once

#include <functional>
#include <memory>

#include <arrow/result.h>

#include "artemis/catalog/catalog.h"

namespace artemis {

using CatalogOpener = std::function<arrow::Result<std::shared_ptr<Catalog>>()>;

// Reads go to `reader` until the first call that changes something, which opens `writer`: once it is open, everything goes there. A
// failure of `writer` is the failure of that call, and the next one tries again. Thread-safe where both are.
std::shared_ptr<Catalog> MakeWriteOnDemand(std::shared_ptr<Catalog> reader, CatalogOpener writer);

}  // namespace artemis
