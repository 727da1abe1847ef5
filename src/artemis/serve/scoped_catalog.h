// A catalog as a token sees it: namespaces out of its scope are not there, and nothing changes without the right to write.
#pragma once

#include <memory>
#include <string>

#include "artemis/catalog/catalog.h"
#include "artemis/serve/token.h"

namespace artemis {

// Everything out of scope is as if it were not there: it is not listed, and NoSuchTable otherwise, whether it exists or not. Changes
// in scope without `scope.write`: PermissionDenied; so are new tables that lie elsewhere than the catalog would put them, and changes of
// the places that a table's files go to. Thread-safe as `catalog` is.
std::shared_ptr<Catalog> ScopeCatalog(std::shared_ptr<Catalog> catalog, TokenScope scope);

}  // namespace artemis
