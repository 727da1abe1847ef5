// The plain time-travel API: rows as of then, a mistake, and the way back: time_travel WAREHOUSE
#include <artemis/timetravel/table.h>

#include "example.h"

arrow::Status Run(const std::string& warehouse) {
  artemis::TableOptions options;
  options.catalog.warehouse = warehouse;
  ARROW_ASSIGN_OR_RAISE(const auto none, Rows("[]"));
  ARROW_ASSIGN_OR_RAISE(const artemis::Table table,
                        artemis::CreateTable("lab.voltages", *none->schema(), options));
  ARROW_ASSIGN_OR_RAISE(const auto good, table.AppendJson(R"({"mission": "apollo-7", "volts": 28.1}
                                                             {"mission": "gemini-4", "volts": 24.5})"));
  ARROW_ASSIGN_OR_RAISE(const auto bad, table.Delete(artemis::Column("volts") > 25.0));
  ARROW_ASSIGN_OR_RAISE(const auto then, table.TimeTravel(*good.snapshot_id));
  ARROW_ASSIGN_OR_RAISE(const auto rows, then.ToTable());
  ARROW_ASSIGN_OR_RAISE(const auto today, table.TimeTravel());
  ARROW_ASSIGN_OR_RAISE(const auto left, today.RowCount());
  ARROW_RETURN_NOT_OK(table.RollbackTo(*good.snapshot_id));
  ARROW_ASSIGN_OR_RAISE(const auto history, table.History());
  std::printf("%lld rows then, %lld deleted, %lld left; %zu intervals, the last %s\n",
              static_cast<long long>(rows->num_rows()), static_cast<long long>(bad.rows_deleted),
              static_cast<long long>(left), history.size(),
              history.back().is_rollback ? "a rollback" : "a commit");
  return arrow::Status::OK();
}

int main(int argc, char** argv) { return Exit(Run(argc > 1 ? argv[1] : "warehouse")); }
