// The report as JSON, written as it goes.
#include "artemis/advise/bench_report.h"
#include "artemis/base/json_text.h"

namespace artemis {

namespace {

class JsonObject {
 public:
  explicit JsonObject(std::string* out) : out_(out) { *out_ += '{'; }

  void Number(const char* key, int64_t value) { Key(key) += std::to_string(value); }
  void Text(const char* key, std::string_view value) { AppendJsonString(value, &Key(key)); }
  // The value is to be appended to the result.
  std::string& Key(const char* key) {
    if (!is_first_) *out_ += ',';
    is_first_ = false;
    AppendJsonString(key, out_);
    *out_ += ':';
    return *out_;
  }
  void End() { *out_ += '}'; }

 private:
  std::string* out_;
  bool is_first_ = true;
};

void AddPlanKeys(const ScanPlanSummary& plan, JsonObject* object) {
  object->Number("manifests_total", plan.manifests_total);
  object->Number("manifests_kept", plan.manifests_kept);
  object->Number("files_total", plan.files_total);
  object->Number("files_kept", plan.files_kept);
  object->Number("row_groups_total", plan.row_groups_total);
  object->Number("row_groups_kept", plan.row_groups_kept);
  object->Number("bytes_total", plan.bytes_total);
  object->Number("bytes_kept", plan.bytes_kept);
  object->Number("plan_us", plan.elapsed_us);
}

void AddUnclustered(const FileAmount& kept, JsonObject* object) {
  JsonObject own(&object->Key("unclustered"));
  own.Number("files_kept", kept.files);
  own.Number("row_groups_kept", kept.row_groups);
  own.Number("bytes_kept", kept.bytes);
  own.End();
}

void AddAgainst(const ScanPlanSummary* plan, JsonObject* object) {
  std::string& out = object->Key("against");
  if (plan == nullptr) {
    out += "null";
    return;
  }
  JsonObject own(&out);
  AddPlanKeys(*plan, &own);
  own.End();
}

void AddQuery(const BenchQuery& query, const BenchReport& report, std::string* out) {
  JsonObject object(out);
  object.Text("query_id", query.id);
  AddPlanKeys(query.plan, &object);
  object.Number("line", query.line);
  object.Text("shape", report.shapes[query.shape]);
  AddUnclustered(query.unclustered, &object);
  AddAgainst(query.against ? &*query.against : nullptr, &object);
  object.End();
}

void AddTotals(const BenchTotals& totals, const BenchReport& report, JsonObject* object) {
  AddPlanKeys(totals.plan, object);
  object->Number("queries", totals.queries);
  object->Number("plan_us_median", totals.plan_us_median);
  object->Number("plan_us_p99", totals.plan_us_p99);
  object->Number("plan_us_max", totals.plan_us_max);
  AddUnclustered(totals.unclustered, object);
  AddAgainst(report.against.empty() ? nullptr : &totals.against, object);
}

// "[" add(0) "," add(1) … "]"
template <typename Add>
void AddArray(size_t count, std::string* out, const Add& add) {
  *out += '[';
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) *out += ',';
    add(i);
  }
  *out += ']';
}

}  // namespace

std::string BenchJson(const BenchReport& report) {
  std::string json;
  JsonObject object(&json);
  std::string& out = object.Key("queries");
  AddArray(report.queries.size(), &out,
           [&](size_t i) { AddQuery(report.queries[i], report, &out); });
  JsonObject totals(&object.Key("totals"));
  AddTotals(TotalsOf(report), report, &totals);
  totals.End();
  object.Key("shapes");
  AddArray(report.shapes.size(), &out, [&](size_t i) {
    JsonObject shape(&out);
    shape.Text("shape", report.shapes[i]);
    AddTotals(TotalsOf(report, i), report, &shape);
    shape.End();
  });
  object.Key("skipped_lines");
  AddArray(report.skipped.size(), &out, [&](size_t i) {
    JsonObject skipped(&out);
    skipped.Number("line", report.skipped[i].line);
    skipped.Text("reason", report.skipped[i].reason);
    skipped.End();
  });
  object.Number("skipped_count", report.skipped_count);
  object.Text("table", report.table);
  if (report.against.empty()) {
    object.Key("against") += "null";
  } else {
    object.Text("against", report.against);
  }
  object.Key("snapshot_id") +=
      report.snapshot_id ? std::to_string(report.snapshot_id->value) : "null";
  object.Text("unclustered_model", UnclusteredName(report.unclustered));
  object.Key("row_groups_read") += report.row_groups ? "true" : "false";
  object.Number("load_us", report.load_us);
  object.End();
  return json;
}

}  // namespace artemis
