// Compiles decode plans.
#include "artemis/avro/decode_plan.h"

#include <algorithm>

#include "artemis/avro/decode_run.h"

namespace artemis {

namespace {

using Kind = AvroStepKind;

int64_t FixedBytes(const AvroSchema& type) {
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

Kind SkipKind(AvroType type) {
  switch (type) {
    case AvroType::kInt:
    case AvroType::kLong:
    case AvroType::kEnum:
      return Kind::kSkipLong;
    case AvroType::kBytes:
    case AvroType::kString:
      return Kind::kSkipBytes;
    default:
      return Kind::kSkipFixed;
  }
}

Kind TakeKind(AvroType type) {
  switch (type) {
    case AvroType::kBoolean:
      return Kind::kTakeBoolean;
    case AvroType::kInt:
      return Kind::kTakeInt;
    case AvroType::kLong:
      return Kind::kTakeLong;
    case AvroType::kFloat:
      return Kind::kTakeFloat;
    case AvroType::kDouble:
      return Kind::kTakeDouble;
    case AvroType::kEnum:
      return Kind::kTakeEnum;
    case AvroType::kFixed:
      return Kind::kTakeFixed;
    default:
      return Kind::kTakeBytes;
  }
}

Kind KeyedKind(const AvroStep& taken) {
  if (taken.null_branch >= 0) return Kind::kKeyed;
  if (taken.kind == Kind::kTakeLong) return Kind::kKeyedLongs;
  return taken.kind == Kind::kTakeBytes ? Kind::kKeyedBytes : Kind::kKeyed;
}

// Appends the steps of a type, and says whether they call the sink at all.
class PlanCompiler {
 public:
  PlanCompiler(const std::vector<AvroWanted>& wanted, std::vector<AvroStep>* steps)
      : wanted_(wanted), steps_(*steps) {}

  arrow::Result<bool> Compile(const AvroSchema& type, std::optional<FieldId> id) {
    switch (type.type) {
      case AvroType::kRecord:
        return CompileRecord(type, id);
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
  size_t Open(Kind kind) {
    steps_.push_back({kind, -1, -1, 0, 0, nullptr});
    return steps_.size() - 1;
  }
  void Close(size_t at) { steps_[at].end = static_cast<uint32_t>(steps_.size()); }

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

  arrow::Result<bool> CompileScalar(const AvroSchema& type, std::optional<FieldId> id) {
    if (type.type == AvroType::kNull) return false;
    ARROW_ASSIGN_OR_RAISE(const AvroWanted* wanted, FindAccepting(type, id));
    const bool take = wanted != nullptr;
    const size_t at = Open(take ? TakeKind(type.type) : SkipKind(type.type));
    if (take) steps_[at].slot = wanted->slot;
    steps_[at].size = type.type == AvroType::kEnum ? type.symbols : FixedBytes(type);
    Close(at);
    return take;
  }

  arrow::Result<bool> CompileFields(const AvroSchema& type) {
    bool takes = false;
    for (const AvroField& field : type.fields) {
      ARROW_ASSIGN_OR_RAISE(const bool field_takes, Compile(field.type, field.field_id));
      takes = takes || field_takes;
    }
    return takes;
  }

  arrow::Result<bool> CompileRecord(const AvroSchema& type, std::optional<FieldId> id) {
    ARROW_ASSIGN_OR_RAISE(const AvroWanted* wanted, FindAccepting(type, id));
    if (wanted == nullptr) return CompileFields(type);
    Close(Open(Kind::kRawBegin));
    ARROW_RETURN_NOT_OK(CompileSkipping(type));
    const size_t end = Open(Kind::kRawEnd);
    steps_[end].slot = wanted->slot;
    Close(end);
    return true;
  }

  arrow::Result<bool> CompileUnion(const AvroSchema& type, std::optional<FieldId> id) {
    const auto& branches = type.children;
    const auto is_null = [](const AvroSchema& branch) { return branch.type == AvroType::kNull; };
    if (branches.size() == 2 && is_null(branches[0]) != is_null(branches[1])) {
      return CompileOptional(branches[is_null(branches[0]) ? 1 : 0], is_null(branches[0]) ? 0 : 1,
                             id);
    }
    const size_t at = Open(Kind::kUnion);
    steps_[at].size = std::ssize(branches);
    bool takes = false;
    for (const AvroSchema& branch : branches) {
      const size_t group = Open(Kind::kGroup);
      ARROW_ASSIGN_OR_RAISE(const bool branch_takes, Compile(branch, id));
      takes = takes || branch_takes;
      Close(group);
    }
    Close(at);
    return takes;
  }

  // Where the value is several steps, or none, they stand in a group.
  arrow::Result<bool> CompileOptional(const AvroSchema& value, int8_t null_branch,
                                      std::optional<FieldId> id) {
    const size_t at = Open(Kind::kGroup);
    ARROW_ASSIGN_OR_RAISE(const bool takes, Compile(value, id));
    Close(at);
    const bool is_one = steps_.size() > at + 1 && steps_[at + 1].end == steps_.size();
    if (is_one && steps_[at + 1].null_branch < 0) RemoveGroup(at);
    steps_[at].null_branch = null_branch;
    return takes;
  }

  // Takes the step out, in front of what are the last ones.
  void RemoveGroup(size_t at) {
    steps_.erase(steps_.begin() + static_cast<int64_t>(at));
    for (size_t i = at; i < steps_.size(); ++i) --steps_[i].end;
  }

  arrow::Result<bool> CompileArray(const AvroSchema& type, std::optional<FieldId> id) {
    const AvroSchema& element = type.children.front();
    if (MinEncodedBytes(element) == 0) {
      return arrow::Status::Invalid("array of elements that take no bytes");
    }
    ARROW_ASSIGN_OR_RAISE(const AvroWanted* wanted, FindAccepting(type, id));
    if (const AvroWanted* key = KeyOf(element); key != nullptr && key->keys != nullptr) {
      return CompileKeyed(element, *key);
    }
    const size_t at = Open(Kind::kSkipArray);
    ARROW_ASSIGN_OR_RAISE(const bool takes, Compile(element, type.element_id));
    return CloseItems(at, Kind::kArray, wanted, takes);
  }

  bool CloseItems(size_t at, Kind taking, const AvroWanted* wanted, bool takes) {
    const bool take = wanted != nullptr || takes;
    if (take) steps_[at].kind = taking;
    if (wanted != nullptr) steps_[at].slot = wanted->slot;
    Close(at);
    return take;
  }

  // The wish for the first field of a two-field record with an integer first; null otherwise.
  const AvroWanted* KeyOf(const AvroSchema& element) const {
    if (element.type != AvroType::kRecord || element.fields.size() != 2) return nullptr;
    const AvroField& key = element.fields[0];
    if (key.type.type != AvroType::kInt && key.type.type != AvroType::kLong) return nullptr;
    return Find(key.field_id);
  }

  arrow::Result<bool> CompileKeyed(const AvroSchema& element, const AvroWanted& key) {
    const AvroField& value = element.fields[1];
    if (key.keys->empty()) {
      const size_t at = Open(Kind::kSkipArray);
      ARROW_RETURN_NOT_OK(CompileSkipping(element));
      Close(at);
      return false;
    }
    const size_t at = Open(Kind::kKeyed);
    steps_[at].keys = key.keys;
    steps_[at].slot = key.slot;
    const size_t taken = Open(Kind::kGroup);
    ARROW_RETURN_NOT_OK(Compile(value.type, value.field_id).status());
    Close(taken);
    if (steps_.size() == taken + 2) steps_[at].kind = KeyedKind(steps_.back());
    const size_t skipped = Open(Kind::kGroup);
    ARROW_RETURN_NOT_OK(CompileSkipping(value.type));
    if (steps_.size() == skipped + 1) Close(Open(Kind::kSkipFixed));  // a null
    Close(skipped);
    Close(at);
    return true;
  }

  arrow::Status CompileSkipping(const AvroSchema& type) {
    const bool before = skipping_;
    skipping_ = true;
    const auto compiled = Compile(type, std::nullopt);
    skipping_ = before;
    return compiled.status();
  }

  arrow::Result<bool> CompileMap(const AvroSchema& type, std::optional<FieldId> id) {
    ARROW_ASSIGN_OR_RAISE(const AvroWanted* wanted, FindAccepting(type, id));
    AvroSchema key_type;
    key_type.type = AvroType::kString;
    const size_t at = Open(Kind::kSkipMap);
    ARROW_ASSIGN_OR_RAISE(const bool takes_key, Compile(key_type, type.key_id));
    ARROW_ASSIGN_OR_RAISE(const bool takes_value, Compile(type.children.front(), type.value_id));
    return CloseItems(at, Kind::kMap, wanted, takes_key || takes_value);
  }

  const std::vector<AvroWanted>& wanted_;
  std::vector<AvroStep>& steps_;
  bool skipping_ = false;
};

}  // namespace

AvroKeyFilter::AvroKeyFilter(const std::vector<FieldId>& keys) {
  for (FieldId key : keys) {
    sorted_.push_back(key.value);
    if (key.value < 0 || key.value >= kSmallKeys) continue;
    const auto bit = static_cast<size_t>(key.value);
    small_[bit / 64] |= uint64_t{1} << (bit % 64);
  }
  std::sort(sorted_.begin(), sorted_.end());
  sorted_.erase(std::unique(sorted_.begin(), sorted_.end()), sorted_.end());
  if (sorted_.size() == 1 && sorted_[0] >= 0 && sorted_[0] < 64) only_small_ = sorted_[0];
}

bool AvroKeyFilter::ContainsSlow(int64_t key) const {
  return std::binary_search(sorted_.begin(), sorted_.end(), key);
}

arrow::Result<AvroPlan> AvroPlan::Compile(const AvroSchema& writer,
                                          const std::vector<AvroWanted>& wanted) {
  if (writer.type != AvroType::kRecord || MinEncodedBytes(writer) == 0) {
    return arrow::Status::Invalid("expected a schema of records with fields, found ",
                                  AvroTypeName(writer.type));
  }
  AvroPlan plan;
  ARROW_RETURN_NOT_OK(PlanCompiler(wanted, &plan.steps_).Compile(writer, std::nullopt));
  return plan;
}

arrow::Status AvroPlan::Decode(std::string_view raw, int64_t count, AvroSink* sink) const {
  return DecodeAvro(*this, raw, count, sink);
}

}  // namespace artemis
