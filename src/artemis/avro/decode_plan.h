// Decodes records of an Avro file in one walk over the bytes: no tree of generic values is made.
//
//   1. A reader says by field id what it wants, and into which of its slots.
//   2. The writer's schema is compiled with that into a plan: steps in a row, each followed by those inside
//      of it, where everything unwanted is skipped (arrays and maps with block sizes are jumped over).
//   3. The plan is run over a block; the sink is called for each wanted value.
//
// Follows the Avro specification, "Binary Encoding", and Iceberg's rule that fields are told by id.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

#include "artemis/avro/avro_schema.h"
#include "artemis/avro/cursor.h"

namespace artemis {

// Which keys of an array of key-value records (or nothing) are wanted; asked once per pair.
class AvroKeyFilter {
 public:
  AvroKeyFilter() = default;
  explicit AvroKeyFilter(const std::vector<FieldId>& keys);
  bool empty() const { return sorted_.empty(); }
  size_t size() const { return sorted_.size(); }  // different keys
  bool Contains(int64_t key) const {
    if (key < 0 || key >= kSmallKeys) return ContainsSlow(key);
    return (small_[static_cast<size_t>(key) / 64] >> (key % 64) & 1) != 0;
  }
  // A bit for each key from 0 to 63, which are a byte each in a file.
  uint64_t bits_of_small() const { return small_.front(); }
  // The only key, where it is from 0 to 63; else -1.
  int only_small() const { return only_small_; }

 private:
  static constexpr int64_t kSmallKeys = 4096;
  bool ContainsSlow(int64_t key) const;

  std::array<uint64_t, kSmallKeys / 64> small_ = {};  // a bit for each key
  std::vector<int32_t> sorted_;
  int only_small_ = -1;
};

// A set of writer types, for AvroWanted::accepts.
constexpr uint32_t AvroTypeSet(std::initializer_list<AvroType> types) {
  uint32_t set = 0;
  for (AvroType type : types) set |= 1u << static_cast<int>(type);
  return set;
}

enum class AvroStepKind : uint8_t {
  kSkipLong,
  kSkipBytes,
  kSkipFixed,
  kTakeBoolean,
  kTakeInt,
  kTakeLong,
  kTakeFloat,
  kTakeDouble,
  kTakeBytes,
  kTakeFixed,
  kTakeEnum,
  kRawBegin,  // what follows it up to kRawEnd is taken as it is encoded
  kRawEnd,
  kUnion,      // inside: a group per branch
  kGroup,      // stands for what is inside
  kArray,      // inside: the element
  kSkipArray,  // inside: the element, skipping
  kMap,        // inside: key, value
  kSkipMap,
  kKeyed,       // inside: a group with the value taken, one with the value skipped
  kKeyedLongs,  // the same, where the value taken is a long
  kKeyedBytes,  // or bytes or a string
};

// One step of a plan. What is inside of it follows it directly; `end` is the first step behind all of it.
struct AvroStep {
  AvroStepKind kind = AvroStepKind::kGroup;
  // The value is one of a union of two, whose branch of this number is null: 0, 1; -1: it is always there.
  int8_t null_branch = -1;
  int slot = -1;
  uint32_t end = 0;
  int64_t size = 0;  // fixed: bytes; enum: symbols; union: branches
  const AvroKeyFilter* keys = nullptr;
};

struct AvroWanted {
  // Of a record field, an array's element, or a map's key or value.
  FieldId field_id;
  // What the sink is called with.
  int slot = 0;
  // The writer's types that the sink can take; another one fails the compilation. An array or map
  // may be wanted for itself: OnElement is then called before each of its elements. So may a record:
  // OnBytes is then called with its encoding, and nothing in it is looked at.
  uint32_t accepts = 0;
  // On the key of an array of two-field records: pairs with other keys are skipped, and with an empty
  // filter the whole array; a key that comes twice counts once or twice. Must outlive the plan.
  const AvroKeyFilter* keys = nullptr;
};

// Takes the values of one record after the other. A null calls nothing, like a field that the writer did
// not have. Views live only during the call.
class AvroSink {
 public:
  virtual ~AvroSink() = default;
  virtual void BeginRecord() = 0;
  // boolean (0, 1), int, long, enum (the symbol's position).
  virtual void OnLong(int slot, int64_t value) = 0;
  virtual void OnFloat(int, float) {}
  virtual void OnDouble(int, double) {}
  // bytes, string, fixed.
  virtual void OnBytes(int slot, std::string_view value) = 0;
  virtual void OnElement(int) {}
  // A failure ends the decoding with it.
  virtual arrow::Status EndRecord() = 0;
};

// A compiled plan. Immutable, so threads may share it.
class AvroPlan {
 public:
  // Invalid names the field whose type the sink does not accept, an array whose elements take no bytes,
  // or a root that is no record.
  static arrow::Result<AvroPlan> Compile(const AvroSchema& writer,
                                         const std::vector<AvroWanted>& wanted);

  // Decodes exactly `count` records that fill `raw` exactly, else Invalid with the offset in `raw`. Never reads
  // outside of `raw`; takes time linear in its size. (decode_run.h does the same without virtual calls.)
  arrow::Status Decode(std::string_view raw, int64_t count, AvroSink* sink) const;

  const std::vector<AvroStep>& steps() const { return steps_; }

 private:
  std::vector<AvroStep> steps_;
};

}  // namespace artemis
