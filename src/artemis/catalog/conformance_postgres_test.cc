// The conformance suite against PostgreSQL. Needs a server: tests/support/with_postgres.py starts one and names it in
// ARTEMIS_TEST_POSTGRES; without it every case fails and says so.
#include <cstdlib>

#include "artemis/base/uuid.h"
#include "artemis/catalog/conformance_fixture.h"
#include "artemis/catalog/postgres_store.h"

namespace artemis {

namespace {

std::unique_ptr<CatalogWorld> MakePostgresWorld(const std::string&) {
  const char* server = std::getenv("ARTEMIS_TEST_POSTGRES");
  if (server == nullptr) {
    ADD_FAILURE() << "ARTEMIS_TEST_POSTGRES is not set: run this through "
                     "tests/support/with_postgres.py -- PROGRAM";
    return nullptr;
  }
  // Tests share the database and part by the catalog's name.
  const std::string uri = std::string(server) + "&name=" + RandomUuid();
  return MakeJdbcWorld(
      uri, [uri](const CatalogOptions& options) -> arrow::Result<std::unique_ptr<SqlDatabase>> {
        ARROW_ASSIGN_OR_RAISE(auto parsed, ParsePostgresUri(uri));
        return PostgresStore::Open(std::move(parsed), options.read_only);
      });
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Server, CatalogConformance,
                         ::testing::Values(CatalogKind{"Postgres", MakePostgresWorld, true}),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace artemis
