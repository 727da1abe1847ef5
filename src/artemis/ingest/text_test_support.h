// Text read as rows in tests: from memory, with the rejected lines kept.
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "artemis/ingest/csv_records.h"
#include "artemis/ingest/json_lines.h"

namespace artemis {

inline std::unique_ptr<ByteSource> BytesOf(std::string text) {
  return MakeByteSource(
      std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(std::move(text))));
}

// One member of gzip.
inline std::string Gzip(const std::string& text) {
  z_stream zlib = {};
  EXPECT_EQ(deflateInit2(&zlib, 6, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&zlib, text.size()) + 64, '\0');
  zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  zlib.avail_in = static_cast<uInt>(text.size());
  zlib.next_out = reinterpret_cast<Bytef*>(packed.data());
  zlib.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&zlib, Z_FINISH), Z_STREAM_END);
  packed.resize(zlib.total_out);
  deflateEnd(&zlib);
  return packed;
}

inline std::shared_ptr<RowTarget> TargetOf(const arrow::FieldVector& fields) {
  auto target = std::make_shared<RowTarget>();
  target->schema = arrow::schema(fields);
  return target;
}

// Batches of JSON lines, or of CSV, called "in".
inline arrow::Result<std::vector<std::shared_ptr<arrow::RecordBatch>>> ReadText(
    bool csv, std::unique_ptr<ByteSource> bytes, std::shared_ptr<const RowTarget> target,
    const TextRowsOptions& options = {}, Rejects* rejects = nullptr) {
  auto lines = std::make_unique<LineSource>(std::move(bytes), options.line_bytes_max);
  std::unique_ptr<LineParser> parser;
  if (csv) {
    ARROW_ASSIGN_OR_RAISE(parser, MakeCsvRecordParser(*lines, target, options));
  } else {
    parser = MakeJsonLineParser(target, options);
  }
  ARROW_ASSIGN_OR_RAISE(const auto rows, MakeTextRows("in", std::move(lines), std::move(parser),
                                                      target, options, rejects));
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const auto batch, rows->Next());
    if (batch == nullptr) return batches;
    ARROW_RETURN_NOT_OK(batch->ValidateFull());
    batches.push_back(batch);
  }
}

// The values of each column over all batches, as JSON arrays expect them.
inline void ExpectColumn(const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches,
                         int column, const std::string& json) {
  ASSERT_FALSE(batches.empty());
  const auto type = batches.front()->schema()->field(column)->type();
  arrow::ArrayVector parts;
  for (const auto& batch : batches) parts.push_back(batch->column(column));
  const auto found = arrow::Concatenate(parts).ValueOrDie();
  const auto expected = arrow::json::ArrayFromJSONString(type, json).ValueOrDie();
  EXPECT_TRUE(found->Equals(*expected, arrow::EqualOptions().nans_equal(true)))
      << found->ToString() << "\nexpected " << json;
}

}  // namespace artemis
