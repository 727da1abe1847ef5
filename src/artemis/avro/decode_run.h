// Runs a decode plan into a sink whose type is known, so that its calls can be inlined. AvroPlan::Decode is this for any sink.
#pragma once

#include <cstdint>
#include <string_view>

#include <arrow/status.h>

#include "artemis/avro/cursor.h"
#include "artemis/avro/decode_plan.h"

namespace artemis {

// One walk over one block. Not thread-safe.
template <typename Sink>
class AvroRun {
 public:
  AvroRun(const AvroPlan& plan, std::string_view raw, Sink* sink)
      : steps_(plan.steps().data()), end_(plan.steps().size()), cursor_(raw), sink_(sink) {}

  const AvroCursor& cursor() const { return cursor_; }
  // False: the cursor says why.
  bool RunRecord() { return Run(0, end_); }

 private:
  bool Run(size_t at, size_t end) {
    int64_t integer;
    std::string_view bytes;
    while (at < end) {
      const AvroStep& step = steps_[at];
      switch (step.kind) {
        case AvroStepKind::kSkipLong:
          if (!cursor_.SkipLong()) return false;
          break;
        case AvroStepKind::kSkipBytes:
          if (!cursor_.SkipBytes()) return false;
          break;
        case AvroStepKind::kSkipFixed:
          if (!cursor_.SkipFixed(static_cast<size_t>(step.size))) return false;
          break;
        case AvroStepKind::kTakeInt:
          if (!cursor_.ReadInt(&integer)) return false;
          sink_->OnLong(step.slot, integer);
          break;
        case AvroStepKind::kTakeLong:
          if (!cursor_.ReadLong(&integer)) return false;
          sink_->OnLong(step.slot, integer);
          break;
        case AvroStepKind::kTakeBytes:
          if (!cursor_.ReadBytes(&bytes)) return false;
          sink_->OnBytes(step.slot, bytes);
          break;
        case AvroStepKind::kOptional:
          if (!ReadBranch(2)) return false;
          if (branch_ == step.size) break;
          ++at;
          continue;
        case AvroStepKind::kGroup:
          ++at;
          continue;
        case AvroStepKind::kUnion:
          if (!RunUnion(at)) return false;
          break;
        case AvroStepKind::kTakeRaw:
          if (!TakeRaw(at)) return false;
          break;
        case AvroStepKind::kArray:
        case AvroStepKind::kSkipArray:
        case AvroStepKind::kMap:
        case AvroStepKind::kSkipMap:
        case AvroStepKind::kKeyed:
          if (!RunBlocks(at)) return false;
          break;
        default:
          if (!Take(step)) return false;
      }
      at = step.end;
    }
    return true;
  }

  bool ReadBranch(int64_t count) {
    if (!cursor_.ReadLong(&branch_)) return false;
    if (branch_ >= 0 && branch_ < count) return true;
    return cursor_.Fail("union has no such branch");
  }

  bool RunUnion(size_t at) {
    if (!ReadBranch(steps_[at].size)) return false;
    size_t group = at + 1;
    for (int64_t i = branch_; i > 0; --i) group = steps_[group].end;
    return Run(group, steps_[group].end);
  }

  bool TakeRaw(size_t at) {
    const size_t start = cursor_.offset();
    if (!Run(at + 1, steps_[at].end)) return false;
    sink_->OnBytes(steps_[at].slot, cursor_.Since(start));
    return true;
  }

  bool RunBlocks(size_t at) {
    const AvroStep& step = steps_[at];
    const bool skip = step.kind == AvroStepKind::kSkipArray || step.kind == AvroStepKind::kSkipMap;
    int64_t count, block_bytes;
    while (true) {
      if (!cursor_.ReadBlockHead(&count, &block_bytes)) return false;
      if (count == 0) return true;
      if (block_bytes >= 0 && skip) {
        if (!cursor_.SkipFixed(static_cast<size_t>(block_bytes))) return false;
        continue;
      }
      const size_t start = cursor_.offset();
      if (step.kind == AvroStepKind::kKeyed) {
        if (!RunPairs(at, count, block_bytes)) return false;
      } else {
        if (!RunItems(at, count)) return false;
      }
      if (block_bytes >= 0 && cursor_.offset() - start != static_cast<size_t>(block_bytes)) {
        return cursor_.Fail("items do not fill their block");
      }
    }
  }

  bool RunItems(size_t at, int64_t count) {
    const AvroStep& step = steps_[at];
    for (; count > 0; --count) {
      if (step.slot >= 0) sink_->OnElement(step.slot);
      if (!Run(at + 1, step.end)) return false;
    }
    return true;
  }

  // Once every wanted key was found, the rest of a block with a size is jumped over.
  bool RunPairs(size_t at, int64_t count, int64_t block_bytes) {
    const AvroStep& step = steps_[at];
    const size_t taken = at + 1, skipped = steps_[taken].end;
    const size_t start = cursor_.offset();
    size_t wanted_left = step.keys->size();
    while (true) {
      count -= SkipPairs(steps_[skipped + 1].kind, count, *step.keys);
      if (count == 0) return true;
      --count;
      int64_t key;
      if (!cursor_.ReadLong(&key)) return false;
      if (!step.keys->Contains(key)) {
        if (!Run(skipped, steps_[skipped].end)) return false;
        continue;
      }
      sink_->OnLong(step.slot, key);
      if (!Run(taken, skipped)) return false;
      if (--wanted_left > 0 || block_bytes < 0) continue;
      const size_t walked = cursor_.offset() - start;
      if (walked > static_cast<size_t>(block_bytes)) return cursor_.Fail("block is too short");
      return cursor_.SkipFixed(static_cast<size_t>(block_bytes) - walked);
    }
  }

  // What nearly every pair of a metrics map is.
  int64_t SkipPairs(AvroStepKind value, int64_t count, const AvroKeyFilter& keys) {
    if (value == AvroStepKind::kSkipLong) return cursor_.template SkipPairs<false>(count, keys);
    if (value == AvroStepKind::kSkipBytes) return cursor_.template SkipPairs<true>(count, keys);
    return 0;
  }

  bool Take(const AvroStep& step) {
    int64_t integer;
    std::string_view bytes;
    switch (step.kind) {
      case AvroStepKind::kTakeBoolean:
        if (!cursor_.ReadBoolean(&integer)) return false;
        break;
      case AvroStepKind::kTakeEnum:
        if (!cursor_.ReadLong(&integer)) return false;
        if (integer < 0 || integer >= step.size) return cursor_.Fail("enum has no such symbol");
        break;
      case AvroStepKind::kTakeFixed:
        if (!cursor_.ReadFixed(static_cast<size_t>(step.size), &bytes)) return false;
        sink_->OnBytes(step.slot, bytes);
        return true;
      default:
        return TakeFloating(step);
    }
    sink_->OnLong(step.slot, integer);
    return true;
  }

  bool TakeFloating(const AvroStep& step) {
    if (step.kind == AvroStepKind::kTakeFloat) {
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

  const AvroStep* steps_;
  size_t end_;
  AvroCursor cursor_;
  Sink* sink_;
  int64_t branch_ = 0;
};

// As AvroPlan::Decode; Sink has the calls of AvroSink.
template <typename Sink>
arrow::Status DecodeAvro(const AvroPlan& plan, std::string_view raw, int64_t count, Sink* sink) {
  if (count < 0 || static_cast<uint64_t>(count) > raw.size()) {
    return arrow::Status::Invalid("a block of ", raw.size(), " raw bytes cannot hold ", count,
                                  " records");
  }
  AvroRun<Sink> run(plan, raw, sink);
  for (int64_t i = 0; i < count; ++i) {
    sink->BeginRecord();
    if (!run.RunRecord()) {
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
