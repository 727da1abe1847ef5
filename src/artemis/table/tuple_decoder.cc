// A decode plan for the partition record alone.
#include "artemis/table/tuple_decoder.h"

#include "artemis/avro/decode_run.h"
#include "artemis/table/manifest_fields.h"

namespace artemis {

namespace {

class TupleSink final {
 public:
  explicit TupleSink(const std::vector<AvroValueReader>& readers)
      : tuple(readers.size()), readers_(readers) {}

  // The calls of an AvroSink.
  void BeginRecord() {}
  void OnLong(int slot, int64_t value) { Set(slot, Reader(slot).FromLong(value)); }
  void OnFloat(int slot, float value) { Set(slot, Reader(slot).FromFloat(value)); }
  void OnDouble(int slot, double value) { Set(slot, Reader(slot).FromDouble(value)); }
  void OnBytes(int slot, std::string_view value) { Set(slot, Reader(slot).FromBytes(value)); }
  void OnElement(int) {}
  arrow::Status EndRecord() {
    if (!has_wrong_value_) return arrow::Status::OK();
    return arrow::Status::Invalid("a partition value of the wrong length");
  }

  PartitionTuple tuple;

 private:
  const AvroValueReader& Reader(int slot) const { return readers_[static_cast<size_t>(slot)]; }
  void Set(int slot, std::optional<LiteralValue> value) {
    has_wrong_value_ = has_wrong_value_ || !value.has_value();
    tuple[static_cast<size_t>(slot)] = std::move(value);
  }

  const std::vector<AvroValueReader>& readers_;
  bool has_wrong_value_ = false;
};

// The record itself, where the field may be null.
const AvroSchema* RecordIn(const AvroSchema& type) {
  if (type.type == AvroType::kRecord) return &type;
  if (type.type != AvroType::kUnion) return nullptr;
  for (const AvroSchema& branch : type.children) {
    if (branch.type == AvroType::kRecord) return &branch;
  }
  return nullptr;
}

}  // namespace

arrow::Result<TupleDecoder> TupleDecoder::Make(const AvroSchema& writer, const PartitionSpec& spec,
                                               std::vector<AvroValueReader> readers) {
  TupleDecoder decoder;
  decoder.readers_ = std::move(readers);
  const AvroSchema* field = FindAvroField(writer, FieldId(kPartition));
  const AvroSchema* record = field == nullptr ? nullptr : RecordIn(*field);
  if (record == nullptr && !spec.fields.empty()) {
    return arrow::Status::Invalid("the entries have no record 'partition' (field ", +kPartition,
                                  "), but the spec has fields");
  }
  if (record == nullptr || MinEncodedBytes(*record) == 0) return decoder;
  std::vector<AvroWanted> wanted;
  for (size_t i = 0; i < spec.fields.size(); ++i) {
    wanted.push_back({spec.fields[i].field_id, static_cast<int>(i), decoder.readers_[i].accepts()});
  }
  ARROW_ASSIGN_OR_RAISE(decoder.plan_, AvroPlan::Compile(*record, wanted));
  return decoder;
}

arrow::Result<PartitionTuple> TupleDecoder::Decode(std::string_view bytes) const {
  TupleSink sink(readers_);
  if (plan_ && !bytes.empty()) ARROW_RETURN_NOT_OK(DecodeAvro(*plan_, bytes, 1, &sink));
  return std::move(sink.tuple);
}

}  // namespace artemis
