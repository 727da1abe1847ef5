// Partition tuples of a manifest from their encoding (data_file.partition, field 102).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <arrow/result.h>

#include "artemis/avro/decode_plan.h"
#include "artemis/schema/partition_spec.h"
#include "artemis/table/avro_value.h"

namespace artemis {

// Immutable, so threads may share it.
class TupleDecoder {
 public:
  // `writer` is the schema of the manifest's entries; a reader per field of the spec. Invalid: a spec with fields and a schema
  // without a record 102, or a field of a type that its reader does not take.
  static arrow::Result<TupleDecoder> Make(const AvroSchema& writer, const PartitionSpec& spec,
                                          std::vector<AvroValueReader> readers);

  // A member per field of the spec; null where the bytes say so, or say nothing. Invalid: bytes that are no such record, or a
  // value of the wrong length.
  arrow::Result<PartitionTuple> Decode(std::string_view bytes) const;

 private:
  std::vector<AvroValueReader> readers_;
  std::optional<AvroPlan> plan_;  // none where the record has no fields
};

}  // namespace artemis
