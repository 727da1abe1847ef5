// The encoding of each leaf of a file: what was asked for, else the policy's, else the smallest in a sample.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <arrow/result.h>
#include <arrow/type_fwd.h>

#include "artemis/parquet/leaf_columns.h"
#include "artemis/parquet/writer.h"

namespace parquet {
class SchemaDescriptor;
}

namespace artemis {

enum class ChosenBy : uint8_t { kPolicy, kOverride, kAuto };

// "policy", "override", "auto".
std::string_view ChosenByName(ChosenBy chosen_by);

struct LeafEncoding {
  // The leaf's dotted path in Parquet: "position.lat", "tags.list.element".
  std::string path;
  // With kAuto, until the sample is measured: the policy's.
  ColumnEncoding encoding = ColumnEncoding::kPlain;
  ChosenBy chosen_by = ChosenBy::kPolicy;
  // With kAuto, once it is measured: compressed bytes of the sample in each encoding that fits, and its rows.
  std::vector<std::pair<ColumnEncoding, int64_t>> sample_bytes;
  int64_t sample_rows = 0;
};

// One for each leaf, in their order. Invalid for a choice whose column the rows do not have; TypeError for an encoding that does
// not fit the type. Both name the column.
arrow::Result<std::vector<LeafEncoding>> PlanLeafEncodings(
    const arrow::Schema& schema, const std::vector<LeafColumn>& leaves,
    const parquet::SchemaDescriptor& descriptor, const ParquetWriterOptions& options);

bool HasAuto(const std::vector<LeafEncoding>& leaves);

// The value of the file's metadata key "artemis.encodings":
// {<path>: {"encoding", "chosen_by", and where a sample decided: "sample_rows", "sample_bytes": {<encoding>: bytes}}}.
std::string LeafEncodingsToJson(const std::vector<LeafEncoding>& leaves);

// Leaves that `name` means: the leaf of that dotted path, else all of the top-level column of that name. Empty: neither.
std::vector<int> LeavesNamed(const std::string& name, const arrow::Schema& schema,
                             const std::vector<LeafColumn>& leaves,
                             const parquet::SchemaDescriptor& descriptor);

}  // namespace artemis
