// Field ids of manifest lists and manifests (specification, "Manifest Lists", "Manifests"); also the slots their sinks are called with.
#pragma once

namespace artemis {

// manifest_file, a row of a manifest list.
enum ManifestListField : int {
  kManifestPath = 500,
  kManifestLength = 501,
  kPartitionSpecId = 502,
  kAddedSnapshotId = 503,
  kAddedFilesCount = 504,
  kExistingFilesCount = 505,
  kDeletedFilesCount = 506,
  kPartitions = 507,
  kPartitionSummary = 508,
  kContainsNull = 509,
  kSummaryLowerBound = 510,
  kSummaryUpperBound = 511,
  kAddedRowsCount = 512,
  kExistingRowsCount = 513,
  kDeletedRowsCount = 514,
  kListSequenceNumber = 515,
  kMinSequenceNumber = 516,
  kManifestContent = 517,
  kContainsNan = 518,
  kListKeyMetadata = 519,
  kListFirstRowId = 520,
};

// manifest_entry and its data_file.
enum ManifestEntryField : int {
  kStatus = 0,
  kSnapshotId = 1,
  kDataFile = 2,
  kSequenceNumber = 3,
  kFileSequenceNumber = 4,
  kFilePath = 100,
  kFileFormat = 101,
  kPartition = 102,
  kRecordCount = 103,
  kFileSize = 104,
  kColumnSizes = 108,
  kColumnSizesKey = 117,
  kColumnSizesValue = 118,
  kValueCounts = 109,
  kValueCountsKey = 119,
  kValueCountsValue = 120,
  kNullCounts = 110,
  kNullCountsKey = 121,
  kNullCountsValue = 122,
  kNanCounts = 137,
  kNanCountsKey = 138,
  kNanCountsValue = 139,
  kLowerBounds = 125,
  kLowerBoundsKey = 126,
  kLowerBoundsValue = 127,
  kUpperBounds = 128,
  kUpperBoundsKey = 129,
  kUpperBoundsValue = 130,
  kKeyMetadata = 131,
  kSplitOffsets = 132,
  kSplitOffset = 133,
  kFileContent = 134,
  kEqualityIds = 135,
  kEqualityId = 136,
  kSortOrderId = 140,
  kFirstRowId = 142,
  kReferencedDataFile = 143,
  kContentOffset = 144,
  kContentSize = 145,
};

}  // namespace artemis
