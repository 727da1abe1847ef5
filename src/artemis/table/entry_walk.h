// Walks the entries of a manifest of the usual layout (entry_shape.h) straight through, without looking into a plan for each field.
//
// Whatever is unusual in an entry makes the walk give that entry up. The plan then decodes it from its beginning, and says what is
// wrong if something is: there is one reader that judges, and this one, which is quick.
#pragma once

#include <cstdint>
#include <string_view>

#include <arrow/status.h>

#include "artemis/avro/decode_plan.h"
#include "artemis/table/entry_shape.h"
#include "artemis/table/file_index_sink.h"

namespace artemis {

// Decodes `count` entries that fill `raw` into the sink: the same values, and the same errors, as DecodeAvro with `plan`, which wants what
// WantedOfIndex(&keys) says. Remembers between blocks of one manifest where keys were found. Not thread-safe.
class EntryWalk {
 public:
  // All must outlive it; `plan` is compiled from the schema of the shape.
  EntryWalk(const EntryShape& shape, const AvroPlan& plan, const AvroKeyFilter& keys,
            FileIndexSink* sink)
      : shape_(shape), plan_(plan), keys_(keys), sink_(*sink) {}

  arrow::Status Decode(std::string_view raw, int64_t count);

 private:
  using Position = const uint8_t*;
  class Bytes;

  // Null, and false: the entry is given up.
  Position Entry(Position at, Position end);
  bool Head(Bytes* bytes);
  bool Partition(Bytes* bytes);
  bool Tail(Bytes* bytes);
  bool Item(const EntryItem& item, Bytes* bytes);
  bool Numbers(int slot, Bytes* bytes);
  template <bool kTexts>
  bool Map(int slot, uint32_t* place, Bytes* bytes);
  Position OneCount(int slot, uint32_t* place, Position block, Position block_end, Position end);
  template <bool kTexts>
  Position Pairs(int slot, int64_t count, Position at, Position block_end, Position end);

  const EntryShape& shape_;
  const AvroPlan& plan_;
  const AvroKeyFilter& keys_;
  FileIndexSink& sink_;
  // Of the three maps of counts: which pair had the only wanted key, up to 31.
  uint32_t places_[3] = {0, 0, 0};
};

}  // namespace artemis
