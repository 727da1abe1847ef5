// A column that proves to have many texts is not tried again.
#include "artemis/layout/text_dictionaries.h"

#include <atomic>

#include <arrow/array.h>
#include <arrow/type.h>
#include <arrow/util/bitmap_ops.h>

#include "artemis/base/parallel_for.h"
#include "artemis/layout/text_codes.h"

namespace artemis {
namespace {

using SharedColumn = std::shared_ptr<arrow::Array>;

// Null where it has many texts.
arrow::Result<SharedColumn> Encoded(const arrow::Array& column, arrow::MemoryPool* pool) {
  TextCodes texts;
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> codes,
                        arrow::AllocateBuffer(column.length() * 2, pool));
  if (!texts.Encode(static_cast<const arrow::BinaryArray&>(column),
                    reinterpret_cast<int16_t*>(codes->mutable_data()))) {
    return nullptr;
  }
  ARROW_ASSIGN_OR_RAISE(const auto dictionary, texts.Texts(column.type(), pool));
  std::shared_ptr<arrow::Buffer> validity;
  if (column.null_count() > 0) {
    ARROW_ASSIGN_OR_RAISE(validity, arrow::internal::CopyBitmap(pool, column.null_bitmap_data(),
                                                                column.offset(), column.length()));
  }
  const auto indices = arrow::MakeArray(arrow::ArrayData::Make(
      arrow::int16(), column.length(), {validity, codes}, column.null_count()));
  return std::make_shared<arrow::DictionaryArray>(arrow::dictionary(arrow::int16(), column.type()),
                                                  indices, dictionary);
}

}  // namespace

arrow::Status EncodeTexts(std::vector<std::shared_ptr<arrow::RecordBatch>>* batches, int threads,
                          arrow::MemoryPool* pool) {
  if (batches->empty()) return arrow::Status::OK();
  const auto schema = batches->front()->schema();
  std::vector<std::atomic<bool>> has_many(static_cast<size_t>(schema->num_fields()));
  return ParallelFor(batches->size(), threads, [&](size_t i) -> arrow::Status {
    auto& batch = (*batches)[i];
    arrow::FieldVector fields = batch->schema()->fields();
    arrow::ArrayVector columns = batch->columns();
    for (size_t c = 0; c < columns.size(); ++c) {
      const auto id = columns[c]->type_id();
      if (id != arrow::Type::STRING && id != arrow::Type::BINARY) continue;
      if (has_many[c] || columns[c]->length() == 0) continue;
      ARROW_ASSIGN_OR_RAISE(const SharedColumn encoded, Encoded(*columns[c], pool));
      if (encoded == nullptr) {
        has_many[c] = true;
        continue;
      }
      columns[c] = encoded;
      fields[c] = fields[c]->WithType(encoded->type());
    }
    batch = arrow::RecordBatch::Make(arrow::schema(std::move(fields)), batch->num_rows(),
                                     std::move(columns));
    return arrow::Status::OK();
  });
}

}  // namespace artemis
