// Compiles and runs decode plans.
#include "artemis/avro/decode_plan.h"

#include <algorithm>

namespace artemis {

namespace {

enum class StepKind : uint8_t {
  kNothing,
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
  kRecord,
  kUnion,
  kArray,      // children: the element
  kSkipArray,  // children: the element, skipping
  kMap,        // children: key, value
  kSkipMap,
  kKeyed,  // children: key, value taken, value skipped
};

}  // namespace

struct AvroPlan::Step {
  StepKind kind = StepKind::kNothing;
  int slot = -1;
  int64_t size = 0;  // fixed: bytes; enum: symbols
  const AvroKeyFilter* keys = nullptr;
  std::vector<Step> children;

  // Whether running it calls the sink at all.
  bool Takes() const {
    switch (kind) {
      case StepKind::kNothing:
      case StepKind::kSkipLong:
      case StepKind::kSkipBytes:
      case StepKind::kSkipFixed:
      case StepKind::kSkipArray:
      case StepKind::kSkipMap:
        return false;
      case StepKind::kRecord:
      case StepKind::kUnion:
        return std::any_of(children.begin(), children.end(),
                           [](const Step& step) { return step.Takes(); });
      default:
        return true;
    }
  }
};

namespace {

using PlanStep = AvroPlan::Step;

class PlanCompiler {
 public:
  explicit PlanCompiler(const std::vector<AvroWanted>& wanted) : wanted_(wanted) {}

  arrow::Result<PlanStep> Compile(const AvroSchema& type, std::optional<FieldId> id) {
    switch (type.type) {
      case AvroType::kRecord:
        return CompileRecord(type);
      case AvroType::kUnion:
        return CompileUnion(type, id);
      case AvroType::kArray:
        return CompileArray(type, id);
      case AvroType::kMap:
        return CompileMap(type, id);
      default:
        return CompileScalar(type, id);
    }
  }

 private:
  const AvroWanted* Find(std::optional<FieldId> id) const {
    if (!id || skipping_) return nullptr;
    for (const AvroWanted& wanted : wanted_) {
      if (wanted.field_id == *id) return &wanted;
    }
    return nullptr;
  }

  arrow::Result<const AvroWanted*> FindAccepting(const AvroSchema& type,
                                                 std::optional<FieldId> id) const {
    const AvroWanted* wanted = Find(id);
    if (wanted != nullptr && (wanted->accepts & AvroTypeSet({type.type})) == 0) {
      return arrow::Status::Invalid("field ", id->value, " has the unexpected Avro type ",
                                    AvroTypeName(type.type));
    }
    return wanted;
  }

  arrow::Result<PlanStep> CompileScalar(const AvroSchema& type, std::optional<FieldId> id) {
    PlanStep step;
    if (type.type == AvroType::kNull) return step;
    ARROW_ASSIGN_OR_RAISE(const AvroWanted* wanted, FindAccepting(type, id));
    const bool take = wanted != nullptr;
    if (take) step.slot = wanted->slot;
    step.size = type.type == AvroType::kEnum ? type.symbols : FixedSize(type);
    step.kind = take ? TakeKind(type.type) : SkipKind(type.type);
    return step;
  }

  static int64_t FixedSize(const AvroSchema& type) {
    switch (type.type) {
      case AvroType::kBoolean:
        return 1;
      case AvroType::kFloat:
        return 4;
      case AvroType::kDouble:
        return 8;
      default:
        return type.size_bytes;
    }
  }

  static StepKind SkipKind(AvroType type) {
    switch (type) {
      case AvroType::kInt:
      case AvroType::kLong:
      case AvroType::kEnum:
        return StepKind::kSkipLong;
      case AvroType::kBytes:
      case AvroType::kString:
        return StepKind::kSkipBytes;
      default:
        return StepKind::kSkipFixed;
    }
  }

  static StepKind TakeKind(AvroType type) {
    switch (type) {
      case AvroType::kBoolean:
        return StepKind::kTakeBoolean;
      case AvroType::kInt:
        return StepKind::kTakeInt;
      case AvroType::kLong:
        return StepKind::kTakeLong;
      case AvroType::kFloat:
        return StepKind::kTakeFloat;
      case AvroType::kDouble:
        return StepKind::kTakeDouble;
      case AvroType::kEnum:
        return StepKind::kTakeEnum;
      case AvroType::kFixed:
        return StepKind::kTakeFixed;
      default:
        return StepKind::kTakeBytes;
    }
  }

  arrow::Result<PlanStep> CompileRecord(const AvroSchema& type) {
    PlanStep step;
    step.kind = StepKind::kRecord;
    for (const AvroField& field : type.fields) {
      ARROW_ASSIGN_OR_RAISE(PlanStep child, Compile(field.type, field.field_id));
      step.children.push_back(std::move(child));
    }
    return step;
  }

  arrow::Result<PlanStep> CompileUnion(const AvroSchema& type, std::optional<FieldId> id) {
    PlanStep step;
    step.kind = StepKind::kUnion;
    for (const AvroSchema& branch : type.children) {
      ARROW_ASSIGN_OR_RAISE(PlanStep child, Compile(branch, id));
      step.children.push_back(std::move(child));
    }
    return step;
  }

  arrow::Result<PlanStep> CompileArray(const AvroSchema& type, std::optional<FieldId> id) {
    const AvroSchema& element = type.children.front();
    if (MinEncodedBytes(element) == 0) {
      return arrow::Status::Invalid("array of elements that take no bytes");
    }
    ARROW_ASSIGN_OR_RAISE(const AvroWanted* wanted, FindAccepting(type, id));
    PlanStep step;
    if (const AvroWanted* key = KeyOf(element); key != nullptr && key->keys != nullptr) {
      return CompileKeyed(element, *key);
    }
    ARROW_ASSIGN_OR_RAISE(PlanStep child, Compile(element, type.element_id));
    const bool take = wanted != nullptr || child.Takes();
    step.kind = take ? StepKind::kArray : StepKind::kSkipArray;
    if (wanted != nullptr) step.slot = wanted->slot;
    step.children.push_back(std::move(child));
    return step;
  }

  // The wish for the first field of a two-field record with an integer first; null otherwise.
  const AvroWanted* KeyOf(const AvroSchema& element) const {
    if (element.type != AvroType::kRecord || element.fields.size() != 2) return nullptr;
    const AvroField& key = element.fields[0];
    if (key.type.type != AvroType::kInt && key.type.type != AvroType::kLong) return nullptr;
    return Find(key.field_id);
  }

  arrow::Result<PlanStep> CompileKeyed(const AvroSchema& element, const AvroWanted& key) {
    const AvroField& value = element.fields[1];
    ARROW_ASSIGN_OR_RAISE(PlanStep skipped, CompileSkipping(value.type));
    PlanStep step;
    step.keys = key.keys;
    step.slot = key.slot;
    if (key.keys->empty()) {
      step.kind = StepKind::kSkipArray;
      step.children.push_back(PlanStep{StepKind::kRecord, -1, 0, nullptr, {}});
      step.children[0].children.push_back(PlanStep{StepKind::kSkipLong, -1, 0, nullptr, {}});
      step.children[0].children.push_back(std::move(skipped));
      return step;
    }
    step.kind = StepKind::kKeyed;
    ARROW_ASSIGN_OR_RAISE(PlanStep taken, Compile(value.type, value.field_id));
    step.children.push_back(std::move(taken));
    step.children.push_back(std::move(skipped));
    return step;
  }

  arrow::Result<PlanStep> CompileSkipping(const AvroSchema& type) {
    const bool before = skipping_;
    skipping_ = true;
    auto step = Compile(type, std::nullopt);
    skipping_ = before;
    return step;
  }

  arrow::Result<PlanStep> CompileMap(const AvroSchema& type, std::optional<FieldId> id) {
    ARROW_ASSIGN_OR_RAISE(const AvroWanted* wanted, FindAccepting(type, id));
    AvroSchema key_type;
    key_type.type = AvroType::kString;
    ARROW_ASSIGN_OR_RAISE(PlanStep key, Compile(key_type, type.key_id));
    ARROW_ASSIGN_OR_RAISE(PlanStep value, Compile(type.children.front(), type.value_id));
    PlanStep step;
    const bool take = wanted != nullptr || key.Takes() || value.Takes();
    step.kind = take ? StepKind::kMap : StepKind::kSkipMap;
    if (wanted != nullptr) step.slot = wanted->slot;
    step.children.push_back(std::move(key));
    step.children.push_back(std::move(value));
    return step;
  }

  const std::vector<AvroWanted>& wanted_;
  bool skipping_ = false;
};

class PlanRun {
 public:
  PlanRun(std::string_view raw, AvroSink* sink) : cursor_(raw), sink_(sink) {}

  AvroCursor& cursor() { return cursor_; }

  bool Run(const PlanStep& step) {
    switch (step.kind) {
      case StepKind::kNothing:
        return true;
      case StepKind::kSkipLong:
        return cursor_.SkipLong();
      case StepKind::kSkipBytes:
        return cursor_.SkipBytes();
      case StepKind::kSkipFixed:
        return cursor_.SkipFixed(static_cast<size_t>(step.size));
      case StepKind::kRecord:
        for (const PlanStep& child : step.children) {
          if (!Run(child)) return false;
        }
        return true;
      case StepKind::kUnion:
        return RunUnion(step);
      case StepKind::kArray:
      case StepKind::kSkipArray:
      case StepKind::kMap:
      case StepKind::kSkipMap:
      case StepKind::kKeyed:
        return RunBlocks(step);
      default:
        return Take(step);
    }
  }

 private:
  bool RunUnion(const PlanStep& step) {
    int64_t branch;
    if (!cursor_.ReadLong(&branch)) return false;
    if (branch < 0 || branch >= static_cast<int64_t>(step.children.size())) {
      return cursor_.Fail("union has no such branch");
    }
    return Run(step.children[static_cast<size_t>(branch)]);
  }

  bool RunBlocks(const PlanStep& step) {
    const bool skip = step.kind == StepKind::kSkipArray || step.kind == StepKind::kSkipMap;
    int64_t count, block_bytes;
    while (true) {
      if (!cursor_.ReadBlockHead(&count, &block_bytes)) return false;
      if (count == 0) return true;
      if (block_bytes >= 0 && skip) {
        if (!cursor_.SkipFixed(static_cast<size_t>(block_bytes))) return false;
        continue;
      }
      const size_t start = cursor_.offset();
      if (step.kind == StepKind::kKeyed) {
        if (!RunPairs(step, count, block_bytes)) return false;
      } else {
        if (!RunItems(step, count)) return false;
      }
      if (block_bytes >= 0 && cursor_.offset() - start != static_cast<size_t>(block_bytes)) {
        return cursor_.Fail("items do not fill their block");
      }
    }
  }

  bool RunItems(const PlanStep& step, int64_t count) {
    for (; count > 0; --count) {
      if (step.slot >= 0) sink_->OnElement(step.slot);
      for (const PlanStep& child : step.children) {
        if (!Run(child)) return false;
      }
    }
    return true;
  }

  // Once every wanted key was found, the rest of a block with a size is jumped over.
  bool RunPairs(const PlanStep& step, int64_t count, int64_t block_bytes) {
    const size_t start = cursor_.offset();
    size_t wanted_left = step.keys->size();
    for (; count > 0; --count) {
      int64_t key;
      if (!cursor_.ReadLong(&key)) return false;
      if (!step.keys->Contains(key)) {
        if (!SkipValue(step.children[1])) return false;
        continue;
      }
      sink_->OnLong(step.slot, key);
      if (!Run(step.children[0])) return false;
      if (--wanted_left > 0 || block_bytes < 0) continue;
      const size_t walked = cursor_.offset() - start;
      if (walked > static_cast<size_t>(block_bytes)) return cursor_.Fail("block is too short");
      return cursor_.SkipFixed(static_cast<size_t>(block_bytes) - walked);
    }
    return true;
  }

  // What nearly every value of a metrics map is, without another call.
  bool SkipValue(const PlanStep& step) {
    if (step.kind == StepKind::kSkipLong) return cursor_.SkipLong();
    if (step.kind == StepKind::kSkipBytes) return cursor_.SkipBytes();
    return Run(step);
  }

  bool Take(const PlanStep& step) {
    int64_t integer;
    std::string_view bytes;
    switch (step.kind) {
      case StepKind::kTakeBoolean:
        if (!cursor_.ReadBoolean(&integer)) return false;
        sink_->OnLong(step.slot, integer);
        return true;
      case StepKind::kTakeInt:
        if (!cursor_.ReadInt(&integer)) return false;
        sink_->OnLong(step.slot, integer);
        return true;
      case StepKind::kTakeLong:
        if (!cursor_.ReadLong(&integer)) return false;
        sink_->OnLong(step.slot, integer);
        return true;
      case StepKind::kTakeEnum:
        if (!cursor_.ReadLong(&integer)) return false;
        if (integer < 0 || integer >= step.size) return cursor_.Fail("enum has no such symbol");
        sink_->OnLong(step.slot, integer);
        return true;
      case StepKind::kTakeBytes:
        if (!cursor_.ReadBytes(&bytes)) return false;
        sink_->OnBytes(step.slot, bytes);
        return true;
      case StepKind::kTakeFixed:
        if (!cursor_.ReadFixed(static_cast<size_t>(step.size), &bytes)) return false;
        sink_->OnBytes(step.slot, bytes);
        return true;
      default:
        return TakeFloating(step);
    }
  }

  bool TakeFloating(const PlanStep& step) {
    if (step.kind == StepKind::kTakeFloat) {
      float value;
      if (!cursor_.ReadFloat(&value)) return false;
      sink_->OnFloat(step.slot, value);
      return true;
    }
    double value;
    if (!cursor_.ReadDouble(&value)) return false;
    sink_->OnDouble(step.slot, value);
    return true;
  }

  AvroCursor cursor_;
  AvroSink* sink_;
};

}  // namespace

AvroKeyFilter::AvroKeyFilter(const std::vector<FieldId>& keys) {
  for (FieldId key : keys) {
    sorted_.push_back(key.value);
    if (key.value < 0 || key.value >= kSmallKeys) continue;
    if (small_.size() <= static_cast<size_t>(key.value)) {
      small_.resize(static_cast<size_t>(key.value) + 1);
    }
    small_[static_cast<size_t>(key.value)] = 1;
  }
  std::sort(sorted_.begin(), sorted_.end());
  sorted_.erase(std::unique(sorted_.begin(), sorted_.end()), sorted_.end());
}

bool AvroKeyFilter::ContainsSlow(int64_t key) const {
  return std::binary_search(sorted_.begin(), sorted_.end(), key);
}

AvroPlan::AvroPlan(std::unique_ptr<Step> root) : root_(std::move(root)) {}
AvroPlan::~AvroPlan() = default;
AvroPlan::AvroPlan(AvroPlan&&) noexcept = default;
AvroPlan& AvroPlan::operator=(AvroPlan&&) noexcept = default;

arrow::Result<AvroPlan> AvroPlan::Compile(const AvroSchema& writer,
                                          const std::vector<AvroWanted>& wanted) {
  if (writer.type != AvroType::kRecord || MinEncodedBytes(writer) == 0) {
    return arrow::Status::Invalid("expected a schema of records with fields, found ",
                                  AvroTypeName(writer.type));
  }
  ARROW_ASSIGN_OR_RAISE(Step root, PlanCompiler(wanted).Compile(writer, std::nullopt));
  return AvroPlan(std::make_unique<Step>(std::move(root)));
}

arrow::Status AvroPlan::Decode(std::string_view raw, int64_t count, AvroSink* sink) const {
  if (count < 0 || static_cast<uint64_t>(count) > raw.size()) {
    return arrow::Status::Invalid("a block of ", raw.size(), " raw bytes cannot hold ", count,
                                  " records");
  }
  PlanRun run(raw, sink);
  for (int64_t i = 0; i < count; ++i) {
    sink->BeginRecord();
    if (!run.Run(*root_)) {
      return arrow::Status::Invalid(run.cursor().error(), " at raw byte ", run.cursor().offset(),
                                    " in record ", i, " of ", count);
    }
    ARROW_RETURN_NOT_OK(sink->EndRecord());
  }
  if (run.cursor().remaining() != 0) {
    return arrow::Status::Invalid(run.cursor().remaining(), " raw bytes left after ", count,
                                  " records");
  }
  return arrow::Status::OK();
}

}  // namespace artemis
