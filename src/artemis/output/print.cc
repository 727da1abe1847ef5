// Standard output and standard error.
#include "artemis/output/print.h"

#include <cstdio>
#include <optional>

#include "artemis/output/target.h"

namespace artemis {

arrow::Status PrintText(std::string_view text) {
  ARROW_ASSIGN_OR_RAISE(auto target, OutputTarget::Open(std::nullopt));
  ARROW_RETURN_NOT_OK(target->Write(text));
  return target->Finish();
}

void PrintNote(std::string_view line) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
}

}  // namespace artemis
