// Pieces of one level are merged into one of the next.
#include "artemis/write/row_pieces.h"

#include <utility>

#include <arrow/util/byte_size.h>

namespace artemis {
namespace {

constexpr size_t kPiecesMerged = 16;
// Larger ones lose nothing by standing alone.
constexpr int64_t kSmallPieceBytes = int64_t{256} << 10;
// An array with its buffers' headers, about.
constexpr int64_t kBytesOfArray = 600;

}  // namespace

arrow::Status RowPieces::Push(std::shared_ptr<arrow::RecordBatch> rows, int level) {
  ARROW_ASSIGN_OR_RAISE(int64_t bytes, arrow::util::ReferencedBufferSize(*rows));
  bytes += kBytesOfArray * rows->num_columns();
  bytes_ += bytes;
  pieces_.push_back({std::move(rows), bytes, level});
  return arrow::Status::OK();
}

arrow::Status RowPieces::Add(std::shared_ptr<arrow::RecordBatch> rows) {
  ARROW_RETURN_NOT_OK(Push(std::move(rows), 0));
  while (true) {
    if (pieces_.size() < kPiecesMerged) return arrow::Status::OK();
    for (size_t i = pieces_.size() - kPiecesMerged; i < pieces_.size(); ++i) {
      const Piece& piece = pieces_[i];
      if (piece.level != pieces_.back().level || piece.bytes > kSmallPieceBytes) {
        return arrow::Status::OK();
      }
    }
    ARROW_RETURN_NOT_OK(MergeLast());
  }
}

arrow::Status RowPieces::MergeLast() {
  RecordBatches rows;
  const int level = pieces_.back().level;
  for (size_t i = pieces_.size() - kPiecesMerged; i < pieces_.size(); ++i) {
    bytes_ -= pieces_[i].bytes;
    rows.push_back(std::move(pieces_[i].rows));
  }
  pieces_.resize(pieces_.size() - kPiecesMerged);
  ARROW_ASSIGN_OR_RAISE(auto merged,
                        arrow::ConcatenateRecordBatches(rows, arrow::system_memory_pool()));
  return Push(std::move(merged), level + 1);
}

RecordBatches RowPieces::Take() {
  RecordBatches rows;
  for (Piece& piece : pieces_) rows.push_back(std::move(piece.rows));
  pieces_.clear();
  bytes_ = 0;
  return rows;
}

}  // namespace artemis
