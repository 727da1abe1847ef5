// Writes blobs as they come, then the footer.
#include "artemis/write/deletion_vector_writer.h"

#include "artemis/schema/metadata_columns.h"
#include "artemis/table/deletion_vector.h"
#include "artemis/table/puffin.h"

namespace artemis {

namespace {

constexpr char kPuffinCreator[] = "Artemis";

DataFile VectorEntry(const PositionDeletes& deletes, const std::string& path,
                     const PuffinBlob& blob) {
  DataFile entry;
  entry.content = FileContent::kPositionDeletes;
  entry.path = path;
  entry.format = "PUFFIN";
  entry.spec_id = deletes.data_file.spec_id;
  entry.partition = deletes.data_file.partition;
  entry.record_count = static_cast<int64_t>(deletes.positions.size());
  entry.referenced_data_file = deletes.data_file.path;
  entry.content_offset = blob.offset;
  entry.content_size_bytes = blob.length_bytes;
  return entry;
}

}  // namespace

arrow::Result<std::vector<DataFile>> WriteDeletionVectors(
    FileSystem& files, const std::string& path,
    const std::vector<const PositionDeletes*>& deletes) {
  ARROW_ASSIGN_OR_RAISE(const auto output, files.OpenOutput(path));
  ARROW_RETURN_NOT_OK(output->Write(kPuffinMagic));
  auto offset = static_cast<int64_t>(kPuffinMagic.size());
  std::vector<DataFile> entries;
  PuffinFooter footer;
  footer.properties = {{"created-by", kPuffinCreator}};
  for (const PositionDeletes* of_file : deletes) {
    ARROW_ASSIGN_OR_RAISE(const std::string bytes, EncodeDeletionVector(of_file->positions));
    PuffinBlob blob;
    blob.type = kDeletionVectorBlob;
    blob.fields = {kPositionColumn.value};
    blob.offset = offset;
    blob.length_bytes = static_cast<int64_t>(bytes.size());
    blob.properties = {{"referenced-data-file", of_file->data_file.path},
                       {"cardinality", std::to_string(of_file->positions.size())}};
    ARROW_RETURN_NOT_OK(output->Write(bytes));
    offset += blob.length_bytes;
    entries.push_back(VectorEntry(*of_file, path, blob));
    footer.blobs.push_back(std::move(blob));
  }
  const std::string tail = PuffinFooterText(footer);
  ARROW_RETURN_NOT_OK(output->Write(tail));
  ARROW_RETURN_NOT_OK(output->Close());
  for (DataFile& entry : entries) {
    entry.file_size_bytes = offset + static_cast<int64_t>(tail.size());
  }
  return entries;
}

}  // namespace artemis
