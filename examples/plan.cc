// Says which files a scan of the table would read: plan WAREHOUSE
#include <artemis/catalog/open_catalog.h>
#include <artemis/scan/scan_plan.h>

#include "example.h"

arrow::Status Run(const std::string& warehouse) {
  artemis::CatalogOptions options;
  options.warehouse = warehouse;
  ARROW_ASSIGN_OR_RAISE(const auto catalog, artemis::OpenCatalog(options));
  ARROW_ASSIGN_OR_RAISE(const auto name, artemis::ParseTableName("lab.readings"));
  ARROW_ASSIGN_OR_RAISE(const auto table, catalog->Load(name));
  const auto schema = std::make_shared<artemis::Schema>(table.metadata->CurrentSchema());
  const artemis::TableView view{table.metadata, table.metadata->current_snapshot_id, schema};
  ARROW_ASSIGN_OR_RAISE(
      const auto predicate,
      artemis::PredicateFromJson(R"({"op": "gt", "column": "volts", "value": 25})"));
  ARROW_ASSIGN_OR_RAISE(const auto bound, artemis::Bind(predicate, *schema));
  artemis::PlanOptions plan_options;
  plan_options.explain = true;
  ARROW_ASSIGN_OR_RAISE(const auto plan,
                        artemis::PlanScan(view, bound, catalog->files(), plan_options));
  std::printf("%lld of %lld files may hold rows with volts > 25\n",
              static_cast<long long>(plan.summary.files_kept),
              static_cast<long long>(plan.summary.files_total));
  for (const auto& decision : plan.decisions) std::printf("%s\n", decision.reason.c_str());
  return arrow::Status::OK();
}

int main(int argc, char** argv) { return Exit(Run(argc > 1 ? argv[1] : "warehouse")); }
