// The history of a table, drawn for `artemis-replay inspect`: what happened, what of it still counts, and how far back one can read.
//
//   ~ 2024-03-15T07:10:00.000Z  append    1  +2 rows   +1 file
//   - - - - 2024-03-15T07:20:00.000Z is the oldest time that can be read - - - -
//   | 2024-03-15T07:20:00.000Z  append    2  +1 row    +1 file   [audit]
//   x 2024-03-15T07:30:00.000Z  delete    3  -3 rows   -2 files  rolled back
//   * 2024-03-15T07:40:00.000Z  rollback  2                      [main]  to the state of 2024-03-15T07:20:00.000Z  <- asked for
//
// '*' is the state in force, '|' what it is built on, 'x' what was rolled back, '~' what was expired, a blank what nobody can tell.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "artemis/cli/history_entries.h"
#include "artemis/output/facts.h"

namespace artemis {

enum class HistoryState : uint8_t { kCurrent, kAncestor, kRolledBack, kExpired, kUnknown };

struct DrawnLine {
  HistoryLine line;
  HistoryState state = HistoryState::kUnknown;
  // Branches and tags at the snapshot that the change made, or made current.
  std::vector<std::string> refs;
  // In force at the moment that was asked for.
  bool in_force = false;
};

struct DrawnHistory {
  std::vector<DrawnLine> lines;  // oldest first
  // The oldest time that snapshot-log can tell; nullopt when it can tell none.
  std::optional<TimestampMs> oldest_available;
  // Something happened before it that is gone.
  bool is_cut = false;
};

// `moment`: where the mark goes; nullopt for none. `is_lost`: whether nobody can tell any more what was current at a time; asked of
// changes without a known snapshot.
DrawnHistory DrawHistory(std::vector<HistoryLine> lines, const TableMetadata& metadata,
                         std::optional<TimestampMs> moment,
                         const std::function<bool(TimestampMs)>& is_lost);

// [{"time","operation","snapshot_id","parent_id","schema_id","spec_id","author","message","added_rows","removed_rows","added_files",
// "removed_files","total_rows","changes":[],"refs":[],"state","in_force"}]; "state" is current, ancestor, rolled_back, expired or null.
FactTable DrawnFacts(const DrawnHistory& history);
// `colored`: what no longer counts is grey, by ANSI codes, besides its mark.
std::string DrawnText(const DrawnHistory& history, bool colored);

}  // namespace artemis
