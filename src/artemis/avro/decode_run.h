// Runs a decode plan into a sink whose type is known, so that its calls can be inlined. AvroPlan::Decode is this for any sink.
//
// The position is handed from call to call, so that it stays in a register: a function takes it and returns where it has come to, or
// null after a failure. Only short values are read here; all others, and whatever is wrong, by the cursor.
#pragma once

#include <cstdint>
#include <string_view>

#include <arrow/status.h>

#include "artemis/avro/cursor.h"
#include "artemis/avro/decode_plan.h"
#include "artemis/avro/skip_pairs.h"

namespace artemis {

// One walk over one block. Not thread-safe.
template <typename Sink>
class AvroRun {
 public:
  AvroRun(const AvroPlan& plan, std::string_view raw, Sink* sink)
      : steps_(plan.steps().data()),
        stop_(steps_ + plan.steps().size()),
        cursor_(raw),
        at_(cursor_.position()),
        end_(cursor_.end()),
        sink_(sink) {}

  // False: cursor() says why, and where.
  bool RunRecord() {
    at_ = Run(steps_, stop_, at_);
    return at_ != nullptr;
  }
  const AvroCursor& cursor() const { return cursor_; }
  // Where the next record begins; for walks that take over for some records. One that is set lies in the block.
  const uint8_t* position() const { return at_; }
  void Seek(const uint8_t* position) { at_ = position; }
  // After RunRecord was true.
  size_t remaining() const { return static_cast<size_t>(end_ - at_); }

 private:
  using Position = const uint8_t*;

  Position Run(const AvroStep* step, const AvroStep* stop, Position at) {
    Position raw_begin = at;
    int64_t integer;
    std::string_view bytes;
    while (step != stop) {
      if (step->null_branch >= 0) {
        if (!ReadBranch(&at, 2, &integer)) return nullptr;
        if (integer == step->null_branch) {
          step = steps_ + step->end;
          continue;
        }
      }
      switch (step->kind) {
        case AvroStepKind::kSkipLong:
          if (!ReadLong(&at, &integer)) return nullptr;
          break;
        case AvroStepKind::kSkipBytes:
          if (!ReadBytes(&at, &bytes)) return nullptr;
          break;
        case AvroStepKind::kTakeInt:
          if (at == end_ || *at >= 0x80) {
            cursor_.Seek(at);
            if (!cursor_.ReadInt(&integer)) return nullptr;
            at = cursor_.position();
          } else {
            integer = AvroUnZigZag(*at++);
          }
          sink_->OnLong(step->slot, integer);
          break;
        case AvroStepKind::kTakeLong:
          if (!ReadLong(&at, &integer)) return nullptr;
          sink_->OnLong(step->slot, integer);
          break;
        case AvroStepKind::kTakeBytes:
          if (!ReadBytes(&at, &bytes)) return nullptr;
          sink_->OnBytes(step->slot, bytes);
          break;
        case AvroStepKind::kGroup:
          ++step;
          continue;
        case AvroStepKind::kRawBegin:
          raw_begin = at;
          break;
        case AvroStepKind::kRawEnd:
          bytes = Text(raw_begin, static_cast<size_t>(at - raw_begin));
          sink_->OnBytes(step->slot, bytes);
          break;
        case AvroStepKind::kKeyedLongs:
          at = TakeMap<false>(*step, at);
          if (at == nullptr) return nullptr;
          break;
        case AvroStepKind::kKeyedBytes:
          at = TakeMap<true>(*step, at);
          if (at == nullptr) return nullptr;
          break;
        case AvroStepKind::kArray:
        case AvroStepKind::kSkipArray:
        case AvroStepKind::kMap:
        case AvroStepKind::kSkipMap:
        case AvroStepKind::kKeyed:
          at = RunBlocks(*step, at);
          if (at == nullptr) return nullptr;
          break;
        default:
          at = RunRare(step, at);
          if (at == nullptr) return nullptr;
      }
      step = steps_ + step->end;
    }
    return at;
  }

  [[gnu::always_inline]] bool ReadLong(Position* at, int64_t* value) {
    if (*at != end_ && **at < 0x80) {
      *value = AvroUnZigZag(*(*at)++);
      return true;
    }
    AvroLong read = ReadAvroLong(*at, end_);
    if (read.next == nullptr) read = ReadWithCursor(*at);
    *value = read.value;
    *at = read.next;
    return read.next != nullptr;
  }
  [[gnu::always_inline]] bool ReadBytes(Position* at, std::string_view* value) {
    const Position start = *at;
    int64_t size;
    if (!ReadLong(at, &size)) return false;
    if (static_cast<uint64_t>(size) > static_cast<uint64_t>(end_ - *at)) return FailBytes(start);
    *value = Text(*at, static_cast<size_t>(size));
    *at += size;
    return true;
  }
  [[gnu::always_inline]] bool ReadBranch(Position* at, int64_t count, int64_t* branch) {
    if (!ReadLong(at, branch)) return false;
    if (static_cast<uint64_t>(*branch) < static_cast<uint64_t>(count)) return true;
    Fail(*at, "union has no such branch");
    return false;
  }
  static std::string_view Text(Position at, size_t size) {
    return {reinterpret_cast<const char*>(at), size};
  }

  // Near the end, and where something is wrong.
  [[gnu::noinline]] AvroLong ReadWithCursor(Position at) {
    int64_t value = 0;
    cursor_.Seek(at);
    if (!cursor_.ReadLong(&value)) return {nullptr, 0};
    return {cursor_.position(), value};
  }
  [[gnu::noinline]] bool FailBytes(Position at) {
    std::string_view ignored;
    cursor_.Seek(at);
    cursor_.ReadBytes(&ignored);
    return false;
  }
  [[gnu::noinline]] Position Fail(Position at, const char* what) {
    cursor_.Seek(at);
    cursor_.Fail(what);
    return nullptr;
  }

  // An array or map, block by block.
  Position RunBlocks(const AvroStep& step, Position at) {
    const bool skip = step.kind == AvroStepKind::kSkipArray || step.kind == AvroStepKind::kSkipMap;
    int64_t count;
    Position block_end;
    while (true) {
      if (!ReadBlockHead(&at, &count, &block_end)) return nullptr;
      if (count == 0) return at;
      if (skip && block_end != nullptr) {
        at = block_end;
      } else {
        at = step.kind == AvroStepKind::kKeyed ? RunPairs(step, count, at, block_end)
                                               : RunItems(step, count, at);
        if (!FillsBlock(at, block_end)) return nullptr;
      }
      if (at != end_ && *at == 0) return at + 1;
    }
  }

  // One of kKeyedLongs or kKeyedBytes.
  template <bool kBytes>
  Position TakeMap(const AvroStep& step, Position at) {
    int64_t count;
    Position block_end;
    while (true) {
      if (!ReadBlockHead(&at, &count, &block_end)) return nullptr;
      if (count == 0) return at;
      at = TakePairs<kBytes>(step, count, at, block_end);
      if (!FillsBlock(at, block_end)) return nullptr;
      if (at != end_ && *at == 0) return at + 1;
    }
  }

  bool FillsBlock(Position at, Position block_end) {
    if (at == nullptr) return false;
    if (block_end == nullptr || at == block_end) return true;
    Fail(at, "items do not fill their block");
    return false;
  }

  // `block_end` is null where the block does not say its size.
  [[gnu::always_inline]] bool ReadBlockHead(Position* at, int64_t* count, Position* block_end) {
    *block_end = nullptr;
    if (end_ - *at < 4 || **at >= 0x80) return ReadLongBlockHead(at, count, block_end);
    const Position start = *at;
    const uint8_t raw = *(*at)++;
    *count = (raw + 1) / 2;
    if ((raw & 1) != 0) {
      int64_t size;
      if (!ReadLong(at, &size)) return false;
      if (static_cast<uint64_t>(size) > static_cast<uint64_t>(end_ - *at)) {
        *at = start;
        return ReadLongBlockHead(at, count, block_end);
      }
      *block_end = *at + size;
    }
    if (*count <= end_ - *at) return true;
    *at = start;
    return ReadLongBlockHead(at, count, block_end);
  }
  [[gnu::noinline]] bool ReadLongBlockHead(Position* at, int64_t* count, Position* block_end) {
    int64_t size;
    cursor_.Seek(*at);
    if (!cursor_.ReadBlockHead(count, &size)) return false;
    *at = cursor_.position();
    *block_end = size < 0 ? nullptr : *at + size;
    return true;
  }

  Position RunPairs(const AvroStep& step, int64_t count, Position at, Position block_end) {
    size_t wanted_left = step.keys->size();
    for (; count > 0; --count) {
      at = TakePair(step, at, &wanted_left);
      if (at == nullptr) return nullptr;
      if (wanted_left == 0 && block_end != nullptr) return JumpTo(block_end, at);
    }
    return at;
  }

  Position RunItems(const AvroStep& step, int64_t count, Position at) {
    const AvroStep* item = &step + 1;
    const bool longs =
        item->kind == AvroStepKind::kTakeLong && item->end == step.end && item->null_branch < 0;
    for (; count > 0 && at != nullptr; --count) {
      if (step.slot >= 0) sink_->OnElement(step.slot);
      if (longs) {
        int64_t integer;
        if (!ReadLong(&at, &integer)) return nullptr;
        sink_->OnLong(item->slot, integer);
      } else {
        at = Run(item, steps_ + step.end, at);
      }
    }
    return at;
  }

  // Once every wanted key was found, the rest of a block with a size is jumped over.
  Position JumpTo(Position block_end, Position at) {
    return at <= block_end ? block_end : Fail(at, "block is too short");
  }

  // One pair, of whatever it is.
  Position TakePair(const AvroStep& step, Position at, size_t* wanted_left) {
    int64_t key;
    if (!ReadLong(&at, &key)) return nullptr;
    const AvroStep* taken = &step + 1;
    const AvroStep* skipped = steps_ + taken->end;
    if (!step.keys->Contains(key)) return Run(skipped, steps_ + skipped->end, at);
    sink_->OnLong(step.slot, key);
    *wanted_left -= *wanted_left > 0 ? 1 : 0;
    return Run(taken, skipped, at);
  }

  // What nearly every metrics map is: keys of one byte, short values.
  template <bool kBytes>
  [[gnu::always_inline]] Position TakePairs(const AvroStep& step, int64_t count, Position at,
                                            Position block_end) {
    const AvroStep* value = &step + 2;
    size_t wanted_left = step.keys->size();
    while (true) {
      const AvroSkipped skipped = kBytes
                                      ? SkipBytesPairs(at, end_, count, step.keys->bits_of_small())
                                      : SkipLongPairs(at, end_, count, step.keys->bits_of_small());
      at = skipped.next;
      count = skipped.pairs_left;
      if (count == 0) return at;
      --count;
      if (at == end_ || !IsWantedKey(*at, step.keys->bits_of_small())) {
        at = TakePair(step, at, &wanted_left);
        if (at == nullptr) return nullptr;
      } else {
        sink_->OnLong(step.slot, *at++ / 2);
        wanted_left -= wanted_left > 0 ? 1 : 0;
        if constexpr (kBytes) {
          std::string_view bytes;
          if (!ReadBytes(&at, &bytes)) return nullptr;
          sink_->OnBytes(value->slot, bytes);
        } else {
          int64_t integer;
          if (!ReadLong(&at, &integer)) return nullptr;
          sink_->OnLong(value->slot, integer);
        }
      }
      if (wanted_left == 0 && block_end != nullptr) return JumpTo(block_end, at);
    }
  }

  // What is not worth a case of its own in Run.
  [[gnu::noinline]] Position RunRare(const AvroStep* step, Position at) {
    int64_t branch;
    switch (step->kind) {
      case AvroStepKind::kSkipFixed:
        cursor_.Seek(at);
        return cursor_.SkipFixed(static_cast<size_t>(step->size)) ? cursor_.position() : nullptr;
      case AvroStepKind::kUnion: {
        if (!ReadBranch(&at, step->size, &branch)) return nullptr;
        const AvroStep* group = step + 1;
        for (; branch > 0; --branch) group = steps_ + group->end;
        return Run(group, steps_ + group->end, at);
      }
      default:
        cursor_.Seek(at);
        return Take(*step) ? cursor_.position() : nullptr;
    }
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

  const AvroStep* const steps_;
  const AvroStep* const stop_;
  AvroCursor cursor_;  // for what is not read here; elsewhere than `at`
  Position at_;
  const Position end_;
  Sink* const sink_;
};

// What a walk over a block says of record `i` of `count`, and at its end.
inline arrow::Status BrokenRecord(const AvroCursor& cursor, int64_t i, int64_t count) {
  return arrow::Status::Invalid(cursor.error(), " at raw byte ", cursor.offset(), " in record ", i,
                                " of ", count);
}
inline arrow::Status CheckAllRead(size_t bytes_left, int64_t count) {
  if (bytes_left == 0) return arrow::Status::OK();
  return arrow::Status::Invalid(bytes_left, " raw bytes left after ", count, " records");
}

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
    if (!run.RunRecord()) return BrokenRecord(run.cursor(), i, count);
    ARROW_RETURN_NOT_OK(sink->EndRecord());
  }
  return CheckAllRead(run.remaining(), count);
}

}  // namespace artemis
