// The pager stands between Arrow's encoder and Arrow's page writer, and counts.
#include "artemis/parquet/column_chunk.h"

#include <map>
#include <utility>

#include <arrow/buffer.h>
#include <parquet/column_page.h>
#include <parquet/column_writer.h>
#include <parquet/exception.h>
#include <parquet/metadata.h>
#include <parquet/page_index.h>
#include <parquet/properties.h>

#include "artemis/parquet/dictionary_writer.h"
#include "artemis/parquet/page_store.h"

namespace artemis {
namespace {

std::unique_ptr<parquet::PageWriter> OpenPages(const std::shared_ptr<PageStore>& store,
                                               const ColumnChunkParts& parts) {
  const auto& column = parts.properties->column_properties(parts.metadata->descr()->path());
  const parquet::CodecOptions default_options;
  return parquet::PageWriter::Open(
      store, column.compression(), parts.metadata, /*row_group_ordinal=*/-1,
      /*column_chunk_ordinal=*/-1, parts.properties->memory_pool(), /*buffered_row_group=*/false,
      /*header_encryptor=*/nullptr, /*data_encryptor=*/nullptr,
      parts.properties->page_checksum_enabled(), parts.column_index, parts.offset_index,
      column.codec_options() != nullptr ? *column.codec_options() : default_options);
}

std::shared_ptr<parquet::ColumnWriter> MakeEncoder(const ColumnChunkParts& parts,
                                                   std::unique_ptr<parquet::PageWriter> pages) {
  if (IsDictionaryWriterFor(*parts.metadata->descr(), *parts.properties, parts.bloom_filter)) {
    return MakeDictionaryWriter(parts.metadata, std::move(pages), parts.properties);
  }
  return parquet::ColumnWriter::Make(parts.metadata, std::move(pages), parts.properties,
                                     parts.bloom_filter);
}

}  // namespace

class ColumnChunk::CountingPager {
 public:
  explicit CountingPager(const ColumnChunkParts& parts)
      : parts_(parts),
        store_(std::make_shared<PageStore>(parts.properties->memory_pool())),
        pages_(OpenPages(store_, parts)) {}

  // What the encoder is given; it shares this object, which outlives the encoder.
  std::unique_ptr<parquet::PageWriter> MakeFront();

  bool has_compressor() const { return pages_->has_compressor(); }
  void Compress(const arrow::Buffer& source, arrow::ResizableBuffer* out) {
    pages_->Compress(source, out);
    compressor_in_ += source.size();
    compressor_out_ += out->size();
  }

  int64_t WriteDataPage(const parquet::DataPage& page) {
    if (data_encodings_.empty()) data_offset_ = Position();
    const int64_t written = pages_->WriteDataPage(page);
    ++data_encodings_[page.encoding()];
    value_count_ += page.num_values();
    uncompressed_bytes_ += written;
    return written;
  }

  int64_t WriteDictionaryPage(const parquet::DictionaryPage& page) {
    dictionary_offset_ = Position();
    const int64_t written = pages_->WriteDictionaryPage(page);
    ++dictionary_encodings_[page.encoding()];
    uncompressed_bytes_ += written;
    dictionary_bytes_ = page.size();
    return written;
  }

  void Close(bool has_dictionary, bool fallback) {
    has_dictionary_ = has_dictionary;
    fallback_ = fallback;
  }

  void MoveTo(arrow::io::OutputStream& file) {
    PARQUET_ASSIGN_OR_THROW(const int64_t begin, file.Tell());
    if (parts_.column_index != nullptr) parts_.column_index->Finish();
    if (parts_.offset_index != nullptr) parts_.offset_index->Finish(begin);
    const bool has_page = !dictionary_encodings_.empty();
    parts_.metadata->Finish(value_count_, has_page ? dictionary_offset_ + begin : 0,
                            /*index_page_offset=*/-1, data_offset_ + begin, compressed_bytes(),
                            uncompressed_bytes_, has_dictionary_, fallback_, dictionary_encodings_,
                            data_encodings_);
    PARQUET_THROW_NOT_OK(store_->MoveTo(file));
  }

  int64_t compressed_bytes() const { return pages_->total_compressed_bytes_written(); }
  int64_t uncompressed_bytes() const { return uncompressed_bytes_; }
  // Of all pages made, those that wait for their dictionary included.
  int64_t page_bytes() const {
    return has_compressor() ? compressor_in_ + dictionary_bytes_ : uncompressed_bytes_;
  }
  int64_t compressor_in() const { return compressor_in_; }
  int64_t compressor_out() const { return compressor_out_; }
  bool fell_back() const { return has_dictionary_ && fallback_; }

 private:
  int64_t Position() const {
    PARQUET_ASSIGN_OR_THROW(const int64_t position, store_->Tell());
    return position;
  }

  ColumnChunkParts parts_;
  std::shared_ptr<PageStore> store_;
  std::unique_ptr<parquet::PageWriter> pages_;
  std::map<parquet::Encoding::type, int32_t> dictionary_encodings_;
  std::map<parquet::Encoding::type, int32_t> data_encodings_;
  int64_t dictionary_offset_ = 0;
  int64_t data_offset_ = 0;
  int64_t value_count_ = 0;
  int64_t uncompressed_bytes_ = 0;
  int64_t dictionary_bytes_ = 0;
  int64_t compressor_in_ = 0;
  int64_t compressor_out_ = 0;
  bool has_dictionary_ = false;
  bool fallback_ = false;
};

std::unique_ptr<parquet::PageWriter> ColumnChunk::CountingPager::MakeFront() {
  class Front final : public parquet::PageWriter {
   public:
    explicit Front(CountingPager* pager) : pager_(pager) {}

    void Close(bool has_dictionary, bool fallback) override {
      pager_->Close(has_dictionary, fallback);
    }
    int64_t WriteDataPage(const parquet::DataPage& page) override {
      return pager_->WriteDataPage(page);
    }
    int64_t WriteDictionaryPage(const parquet::DictionaryPage& page) override {
      return pager_->WriteDictionaryPage(page);
    }
    int64_t total_compressed_bytes_written() const override { return pager_->compressed_bytes(); }
    bool has_compressor() override { return pager_->has_compressor(); }
    void Compress(const arrow::Buffer& source, arrow::ResizableBuffer* out) override {
      pager_->Compress(source, out);
    }

   private:
    CountingPager* pager_;
  };
  return std::make_unique<Front>(this);
}

ColumnChunk::ColumnChunk(const ColumnChunkParts& parts)
    : pager_(std::make_shared<CountingPager>(parts)),
      encoder_(MakeEncoder(parts, pager_->MakeFront())) {}

ColumnChunk::~ColumnChunk() = default;

bool ColumnChunk::TakesDictionaries() const {
  return dynamic_cast<const DictionaryKeeper*>(encoder_.get()) != nullptr;
}

void ColumnChunk::KeepDictionary(const arrow::Array& texts) {
  if (auto* keeper = dynamic_cast<DictionaryKeeper*>(encoder_.get())) {
    keeper->KeepDictionary(texts);
  }
}

int64_t ColumnChunk::WaitingBytes() const {
  if (encoder_ == nullptr) return 0;
  // Levels wait as 16-bit numbers and are written in few bits each.
  const int64_t level_bytes = (encoder_->estimated_buffered_def_level_bytes() +
                               encoder_->estimated_buffered_rep_level_bytes()) /
                              8;
  return level_bytes + encoder_->estimated_buffered_value_bytes() +
         encoder_->estimated_buffered_dict_bytes();
}

int64_t ColumnChunk::WaitingPageBytes() const {
  return encoder_ == nullptr ? 0 : encoder_->total_compressed_bytes();
}

int64_t ColumnChunk::EncodedBytes() const {
  const int64_t waiting_pages = pager_->has_compressor() ? 0 : WaitingPageBytes();
  return pager_->page_bytes() + waiting_pages + WaitingBytes();
}

int64_t ColumnChunk::HeldBytes() const {
  return pager_->compressed_bytes() + WaitingPageBytes() + WaitingBytes();
}

int64_t ColumnChunk::FileBytes() const {
  const int64_t pages = pager_->compressed_bytes() + WaitingPageBytes();
  const int64_t in = pager_->compressor_in();
  const int64_t waiting = WaitingBytes();
  if (in == 0) return pages + waiting;
  const double share = static_cast<double>(pager_->compressor_out()) / static_cast<double>(in);
  return pages + static_cast<int64_t>(static_cast<double>(waiting) * share);
}

void ColumnChunk::Finish() {
  encoder_->Close();
  encoder_.reset();
}

void ColumnChunk::MoveTo(arrow::io::OutputStream& file) { pager_->MoveTo(file); }

int64_t ColumnChunk::compressed_bytes() const { return pager_->compressed_bytes(); }
int64_t ColumnChunk::uncompressed_bytes() const { return pager_->uncompressed_bytes(); }
bool ColumnChunk::fell_back() const { return pager_->fell_back(); }

}  // namespace artemis
