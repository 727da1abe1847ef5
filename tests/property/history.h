// A random history: one table and its model, changed alike. A seed stands for one history.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "artemis/base/clock.h"
#include "artemis/catalog/catalog.h"
#include "artemis/commit/change.h"
#include "artemis/replay/replay.h"
#include "artemis/write/table_writer.h"
#include "random_values.h"
#include "table_model.h"

namespace artemis {

// Every failure below names what was expected of the table and what was found.
class History {
 public:
  // `folder` is the history's own.
  History(uint64_t seed, const std::string& folder) : random(seed), folder_(folder) {}

  // Makes the table: unpartitioned, in version 2 or 3, in a SQLite or a path catalog.
  arrow::Status Create();

  // Some branch; main most of the time. Only main before the first commit.
  std::string SomeBranch();
  CommitOptions SomeCommitOptions(const std::string& branch);
  TableWriterOptions SomeWriterOptions();
  Schema CurrentSchema() const;

  void Say(std::string line) { done.push_back(std::move(line)); }

  // Data files of random rows, in no snapshot yet.
  arrow::Result<std::vector<DataFile>> WriteRows(int64_t count, ModelRows* rows);

  // The change before made exactly one snapshot, on `branch`, with these rows.
  arrow::Status Landed(const std::string& branch, ModelState state);
  // It made two snapshots on main at once: main never showed the first.
  arrow::Status LandedTwo(ModelState first, ModelState second);
  // It changed metadata alone, or nothing. Where main has no snapshot yet, the columns are in force from then on.
  arrow::Status LandedMetadata();
  // It must have changed nothing.
  arrow::Status LandedNothing();

  RandomValues random;
  FixedClock clock{TimestampMs(1'700'000'000'000)};
  TableName name{{"lab"}, "history"};
  std::shared_ptr<Catalog> catalog;
  std::unique_ptr<ReplayEngine> engine;
  // As the last change has left it.
  LoadedTable table;
  TableModel model;
  // A line for each change.
  std::vector<std::string> done;

 private:
  arrow::Status LandedAs(const Snapshot& snapshot, const std::string& branch, ModelState state);

  const std::string folder_;
};

// One random change, of rows or of metadata, and what the model makes of it.
arrow::Status ChangeSomething(History& history);
arrow::Status ChangeRows(History& history);
arrow::Status ChangeMetadata(History& history);

// The head of a branch agrees with the model.
arrow::Status CheckBranch(History& history, const std::string& branch);
// Replay by snapshot, time and ref, plans with predicates and diffs of pairs agree with the model, for every snapshot there is.
arrow::Status CheckEverything(History& history);

}  // namespace artemis
