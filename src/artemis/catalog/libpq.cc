// Loads libpq by name.
#include "artemis/catalog/libpq.h"

#include <dlfcn.h>

#include "artemis/base/error.h"

namespace artemis {

namespace {

constexpr char kLibpqFile[] = "libpq.so.5";

template <typename Function>
arrow::Status FindLibpqFunction(void* library, const char* name, Function* function) {
  *function = reinterpret_cast<Function>(::dlsym(library, name));
  if (*function != nullptr) return arrow::Status::OK();
  return arrow::Status::IOError(kLibpqFile, " has no function ", name);
}

arrow::Result<Libpq> OpenLibpq() {
  void* library = ::dlopen(kLibpqFile, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return arrow::Status::IOError("catalogs on PostgreSQL need libpq: ", ::dlerror());
  }
  Libpq found;
#define ARTEMIS_LIBPQ_FIND(name) \
  ARROW_RETURN_NOT_OK(FindLibpqFunction(library, "PQ" #name, &found.name));
  ARTEMIS_LIBPQ_FUNCTIONS(ARTEMIS_LIBPQ_FIND)
#undef ARTEMIS_LIBPQ_FIND
  return found;
}

const arrow::Result<Libpq>& OpenedLibpq() {
  static const arrow::Result<Libpq> opened = OpenLibpq();
  return opened;
}

}  // namespace

arrow::Status LoadLibpq() { return OpenedLibpq().status(); }

const Libpq& Pq() {
  ARTEMIS_CHECK(OpenedLibpq().ok());
  return *OpenedLibpq();
}

}  // namespace artemis
