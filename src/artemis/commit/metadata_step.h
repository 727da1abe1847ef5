// A step that changes metadata alone: schema, spec, sort order, properties, refs, rollback.
#pragma once

#include <string>

#include "artemis/commit/commit_step.h"

namespace artemis {

class MetadataStep : public CommitStep {
 public:
  MetadataStep(const std::string& operation, MetadataChange change) : change_(std::move(change)) {
    counts_.operation = operation;
  }

  arrow::Result<TableMetadata> Apply(const LoadedTable& base, const StepContext&) override {
    return change_(*base.metadata);
  }
  bool writes_manifests() const override { return false; }
  const CommitCounts& counts() const override { return counts_; }

 private:
  const MetadataChange change_;
  CommitCounts counts_;
};

}  // namespace artemis
