// JSON lines and CSV: the rows of any text, packed or not. The first byte chooses the format.
#include <arrow/io/memory.h>
#include <arrow/type.h>

#include "artemis/ingest/csv_records.h"
#include "artemis/ingest/json_lines.h"
#include "fuzz_input.h"

namespace {

std::shared_ptr<const artemis::RowTarget> FuzzTarget(bool nested) {
  auto target = std::make_shared<artemis::RowTarget>();
  arrow::FieldVector fields = {arrow::field("i", arrow::int32()),
                               arrow::field("s", arrow::utf8()),
                               arrow::field("d", arrow::float64()),
                               arrow::field("b", arrow::boolean()),
                               arrow::field("n", arrow::decimal128(9, 2)),
                               arrow::field("t", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")),
                               arrow::field("x", arrow::binary())};
  if (nested) {
    fields.push_back(arrow::field("l", arrow::list(arrow::int64())));
    fields.push_back(arrow::field("m", arrow::map(arrow::utf8(), arrow::int64())));
    fields.push_back(arrow::field("p", arrow::struct_({arrow::field("a", arrow::float32())})));
  }
  target->schema = arrow::schema(std::move(fields));
  return target;
}

arrow::Status ReadAll(const uint8_t* data, int64_t size, bool csv, artemis::Packing packing) {
  using namespace artemis;
  auto bytes = MakeByteSource(
      std::make_shared<arrow::io::BufferReader>(std::make_shared<arrow::Buffer>(data, size)));
  if (packing != Packing::kNone) {
    ARROW_ASSIGN_OR_RAISE(bytes, MakeUnpacker(std::move(bytes), packing));
  }
  TextRowsOptions options;
  options.line_bytes_max = 1 << 20;
  options.batch_rows = 16;
  const auto target = FuzzTarget(!csv);
  auto lines = std::make_unique<LineSource>(std::move(bytes), options.line_bytes_max);
  std::unique_ptr<LineParser> parser;
  if (csv) {
    ARROW_ASSIGN_OR_RAISE(parser, MakeCsvRecordParser(*lines, target, options));
  } else {
    parser = MakeJsonLineParser(target, options);
  }
  ARROW_ASSIGN_OR_RAISE(const auto rows, MakeTextRows("fuzz", std::move(lines), std::move(parser),
                                                      target, options, nullptr));
  // Unpacked, a small input may be long: a few batches tell enough.
  for (int n = 0; n < 64; ++n) {
    std::shared_ptr<arrow::RecordBatch> batch;
    ARROW_RETURN_NOT_OK(rows->ReadNext(&batch));
    if (batch == nullptr) break;
    const auto valid = batch->ValidateFull();
    ARTEMIS_CHECK(valid.ok());
  }
  return arrow::Status::OK();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace artemis;
  if (size < 1 || size > kFuzzInputMax) return 0;
  const auto packing = static_cast<Packing>(data[0] / 2 % 3);
  (void)ReadAll(data + 1, static_cast<int64_t>(size) - 1, data[0] % 2 == 1, packing);
  return 0;
}
