// Reads the table as it stood after its first commit, and what the second one added: replay WAREHOUSE
#include <arrow/table.h>
#include <artemis/catalog/open_catalog.h>
#include <artemis/replay/replay.h>

#include "example.h"

arrow::Status Run(const std::string& warehouse) {
  artemis::CatalogOptions options;
  options.warehouse = warehouse;
  options.read_only = true;
  ARROW_ASSIGN_OR_RAISE(const auto catalog, artemis::OpenCatalog(options));
  ARROW_ASSIGN_OR_RAISE(const auto name, artemis::ParseTableName("lab.readings"));
  ARROW_ASSIGN_OR_RAISE(const auto table, catalog->Load(name));
  const auto& log = table.metadata->snapshot_log;
  artemis::ReplayEngine engine(*catalog, name);
  ARROW_ASSIGN_OR_RAISE(const auto then, engine.ReplayAt(log.front().timestamp));
  ARROW_ASSIGN_OR_RAISE(const auto stream, then.Rows());
  ARROW_ASSIGN_OR_RAISE(const auto rows, stream->ToTable());
  ARROW_ASSIGN_OR_RAISE(const auto diff,
                        engine.ReplayDiff(log.front().timestamp, log.back().timestamp));
  ARROW_ASSIGN_OR_RAISE(const auto added, diff.added->ToTable());
  ARROW_ASSIGN_OR_RAISE(const auto removed, diff.removed->ToTable());
  std::printf("%lld rows then, %lld added and %lld removed since\n",
              static_cast<long long>(rows->num_rows()), static_cast<long long>(added->num_rows()),
              static_cast<long long>(removed->num_rows()));
  return arrow::Status::OK();
}

int main(int argc, char** argv) { return Exit(Run(argc > 1 ? argv[1] : "warehouse")); }
