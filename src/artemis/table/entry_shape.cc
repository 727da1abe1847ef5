// Compares a writer's schema with the fields in their usual order.
#include "artemis/table/entry_shape.h"

#include <limits>

#include "artemis/table/entry_facts.h"
#include "artemis/table/manifest_fields.h"

namespace artemis {

namespace {

// The other branch of a union of null and one type, in this order; else null.
const AvroSchema* OptionalOf(const AvroSchema& type) {
  if (type.type != AvroType::kUnion || type.children.size() != 2) return nullptr;
  if (type.children[0].type != AvroType::kNull) return nullptr;
  return type.children[1].type == AvroType::kUnion ? nullptr : &type.children[1];
}

bool IsField(const AvroField& field, int id, AvroType type) {
  return field.field_id == FieldId(id) && field.type.type == type;
}

bool IsOptional(const AvroField& field, int id, AvroType type) {
  const AvroSchema* value = OptionalOf(field.type);
  return field.field_id == FieldId(id) && value != nullptr && value->type == type;
}

// An optional array of pairs of an int and a value.
bool IsMap(const AvroField& field, int id, int key_id, int value_id, AvroType value) {
  if (!IsOptional(field, id, AvroType::kArray)) return false;
  const AvroSchema& pair = OptionalOf(field.type)->children.front();
  return pair.type == AvroType::kRecord && pair.fields.size() == 2 &&
         IsField(pair.fields[0], key_id, AvroType::kInt) &&
         IsField(pair.fields[1], value_id, value);
}

bool AreNumbers(const AvroSchema& type) {
  return type.type == AvroType::kArray && (type.children.front().type == AvroType::kInt ||
                                           type.children.front().type == AvroType::kLong);
}

std::optional<EntryItem> ItemOf(const AvroSchema& type) {
  EntryItem item;
  const AvroSchema* value = OptionalOf(type);
  item.is_optional = value != nullptr;
  if (value == nullptr) value = &type;
  switch (value->type) {
    case AvroType::kInt:
    case AvroType::kLong:
      item.is_int = value->type == AvroType::kInt;
      return item;
    case AvroType::kBytes:
    case AvroType::kString:
      item.kind = EntryItem::kBytes;
      return item;
    case AvroType::kBoolean:
    case AvroType::kFloat:
    case AvroType::kDouble:
    case AvroType::kFixed: {
      const int64_t bytes = MinEncodedBytes(*value);
      if (bytes > std::numeric_limits<int32_t>::max()) return std::nullopt;
      item.kind = EntryItem::kFixed;
      item.fixed_bytes = static_cast<int32_t>(bytes);
      return item;
    }
    case AvroType::kArray:
      item.kind = EntryItem::kNumbers;
      return AreNumbers(*value) ? std::optional(item) : std::nullopt;
    default:
      return std::nullopt;
  }
}

// False: a field that is not walked over.
bool AddPartition(const AvroSchema& partition, EntryShape* shape) {
  for (const AvroField& field : partition.fields) {
    const auto item = ItemOf(field.type);
    if (!item || item->kind == EntryItem::kNumbers) return false;
    shape->partition.push_back(*item);
  }
  return true;
}

// Not one that stands elsewhere, nor the inside of one.
bool IsTailField(const AvroField& field) {
  const int id = field.field_id ? field.field_id->value : -1;
  if (id == kSplitOffsets) {
    const AvroSchema* offsets = OptionalOf(field.type);
    return offsets != nullptr && offsets->element_id == FieldId(kSplitOffset);
  }
  return id == kKeyMetadata || id == kEqualityIds || id >= kSortOrderId;
}

// The fields behind the bounds that a plan would want; false where one has a type that is not its own.
bool AddTail(const AvroField& field, EntryShape* shape) {
  auto item = ItemOf(field.type);
  if (!item || !IsTailField(field)) return false;
  const auto is = [&](int id, EntryItem::Kind kind, int slot) {
    if (field.field_id->value != id) return true;
    item->slot = static_cast<int16_t>(slot);
    return item->kind == kind;
  };
  const bool fits = is(kKeyMetadata, EntryItem::kBytes, kKeyMetadataSlot) &&
                    is(kSplitOffsets, EntryItem::kNumbers, kSplitOffsetSlot) &&
                    is(kSortOrderId, EntryItem::kLong, kSortOrderIdSlot) &&
                    is(kFirstRowId, EntryItem::kLong, kFirstRowIdSlot);
  shape->tail.push_back(*item);
  return fits;
}

bool IsEntry(const std::vector<AvroField>& entry) {
  return entry.size() == 5 && IsField(entry[0], kStatus, AvroType::kInt) &&
         IsOptional(entry[1], kSnapshotId, AvroType::kLong) &&
         IsOptional(entry[2], kSequenceNumber, AvroType::kLong) &&
         IsOptional(entry[3], kFileSequenceNumber, AvroType::kLong) &&
         IsField(entry[4], kDataFile, AvroType::kRecord);
}

constexpr size_t kTailBegin = 12;

bool IsFile(const std::vector<AvroField>& file) {
  return file.size() >= kTailBegin && IsField(file[0], kFileContent, AvroType::kInt) &&
         IsField(file[1], kFilePath, AvroType::kString) &&
         IsField(file[2], kFileFormat, AvroType::kString) &&
         IsField(file[3], kPartition, AvroType::kRecord) &&
         IsField(file[4], kRecordCount, AvroType::kLong) &&
         IsField(file[5], kFileSize, AvroType::kLong) &&
         IsMap(file[6], kColumnSizes, kColumnSizesKey, kColumnSizesValue, AvroType::kLong) &&
         IsMap(file[7], kValueCounts, kValueCountsKey, kValueCountsValue, AvroType::kLong) &&
         IsMap(file[8], kNullCounts, kNullCountsKey, kNullCountsValue, AvroType::kLong) &&
         IsMap(file[9], kNanCounts, kNanCountsKey, kNanCountsValue, AvroType::kLong) &&
         IsMap(file[10], kLowerBounds, kLowerBoundsKey, kLowerBoundsValue, AvroType::kBytes) &&
         IsMap(file[11], kUpperBounds, kUpperBoundsKey, kUpperBoundsValue, AvroType::kBytes);
}

}  // namespace

std::optional<EntryShape> ShapeOfEntries(const AvroSchema& writer) {
  if (writer.type != AvroType::kRecord || !IsEntry(writer.fields)) return std::nullopt;
  const auto& file = writer.fields[4].type.fields;
  EntryShape shape;
  if (!IsFile(file) || !AddPartition(file[3].type, &shape)) return std::nullopt;
  for (size_t i = kTailBegin; i < file.size(); ++i) {
    if (!AddTail(file[i], &shape)) return std::nullopt;
  }
  return shape;
}

}  // namespace artemis
