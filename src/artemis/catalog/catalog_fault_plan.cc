// Parses plans of faults.
#include "artemis/catalog/catalog_fault_plan.h"

#include <charconv>
#include <numeric>

namespace artemis {

namespace {

constexpr std::array<std::string_view, kCatalogCallCount> kCallNames = {
    "Load", "List", "History", "Create", "Commit", "Register", "Rename", "Drop", "Namespace"};
constexpr std::array<std::string_view, kCatalogFaultActionCount> kActionNames = {
    "fail", "lose", "lose_request", "double", "kill", "kill_after", "delay"};

template <typename T>
bool ParseWhole(std::string_view text, T& value) {
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  return parsed.ec == std::errc() && parsed.ptr == end;
}

std::optional<CatalogFaultAction> ActionOf(std::string_view name) {
  for (size_t i = 0; i < kActionNames.size(); ++i) {
    if (kActionNames[i] == name) return static_cast<CatalogFaultAction>(i);
  }
  return std::nullopt;
}

bool ParseCallOf(std::string_view name, CatalogFault& fault) {
  if (name == "*") return true;
  for (size_t i = 0; i < kCallNames.size(); ++i) {
    if (kCallNames[i] == name) fault.call = static_cast<CatalogCall>(i);
  }
  return fault.call.has_value();
}

// "Commit:3:lose", "Load:0:delay=20".
bool ParseNumbered(std::string_view part, CatalogFaultPlan& plan) {
  const size_t first = part.find(':');
  const size_t second = part.find(':', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return false;
  CatalogFault fault;
  if (!ParseCallOf(part.substr(0, first), fault)) return false;
  if (!ParseWhole(part.substr(first + 1, second - first - 1), fault.number)) return false;
  std::string_view action = part.substr(second + 1);
  const size_t equals = action.find('=');
  const bool has_delay = equals != std::string_view::npos;
  if (has_delay && !ParseWhole(action.substr(equals + 1), fault.delay_ms)) return false;
  const auto known = ActionOf(action.substr(0, equals));
  if (!known || (*known == CatalogFaultAction::kDelay) != has_delay) return false;
  fault.action = *known;
  plan.faults.push_back(fault);
  return fault.number >= 0 && fault.delay_ms >= 0;
}

// "seed=7", "delay=20", "lose=0.3".
bool ParseSetting(std::string_view part, CatalogFaultPlan& plan) {
  const size_t equals = part.find('=');
  if (equals == std::string_view::npos) return false;
  const auto key = part.substr(0, equals);
  const auto value = part.substr(equals + 1);
  if (key == "seed") return ParseWhole(value, plan.seed);
  if (key == "delay") return ParseWhole(value, plan.delay_max_ms) && plan.delay_max_ms >= 0;
  const auto action = ActionOf(key);
  if (!action) return false;
  double& probability = plan.probabilities[static_cast<size_t>(*action)];
  return ParseWhole(value, probability) && probability >= 0 && probability <= 1;
}

double SumOf(const CatalogFaultPlan& plan) {
  return std::accumulate(plan.probabilities.begin(), plan.probabilities.end(), 0.0);
}

}  // namespace

std::string_view CatalogCallName(CatalogCall call) { return kCallNames[static_cast<size_t>(call)]; }

bool CatalogFaultPlan::empty() const {
  return faults.empty() && delay_max_ms == 0 && SumOf(*this) == 0;
}

arrow::Result<CatalogFaultPlan> ParseCatalogFaultPlan(std::string_view text) {
  CatalogFaultPlan plan;
  while (!text.empty()) {
    const auto part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    const bool numbered = part.find(':') != std::string_view::npos;
    if (!(numbered ? ParseNumbered(part, plan) : ParseSetting(part, plan))) {
      return arrow::Status::Invalid("'", part, "' is no fault of a catalog: expected ",
                                    "Commit:3:lose, lose=0.3, delay=20 or seed=7");
    }
  }
  if (SumOf(plan) > 1) return arrow::Status::Invalid("the probabilities of faults exceed 1");
  return plan;
}

}  // namespace artemis
