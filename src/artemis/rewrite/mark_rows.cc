// Joins new deletes with old ones.
#include "artemis/rewrite/mark_rows.h"

#include <algorithm>
#include <iterator>

#include "artemis/read/delete_rows.h"

namespace artemis {

arrow::Result<PositionDeletes> MarkRows(const ScanTask& task, std::vector<int64_t> positions,
                                        int32_t format_version, DeleteLoader& deletes,
                                        std::vector<DataFile>* moot) {
  if (format_version < 3) return PositionDeletes{task.file, std::move(positions)};
  ARROW_ASSIGN_OR_RAISE(const auto deleted, deletes.PositionsFor(task));
  std::vector<int64_t> all;
  std::set_union(positions.begin(), positions.end(), deleted.begin(), deleted.end(),
                 std::back_inserter(all));
  for (const auto& each : task.deletes) {
    if (each.file.referenced_data_file && each.file.content == FileContent::kPositionDeletes) {
      moot->push_back(each.file);
    }
  }
  return PositionDeletes{task.file, std::move(all)};
}

}  // namespace artemis
