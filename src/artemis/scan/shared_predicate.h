// A predicate that many tasks have in common, kept once.
#pragma once

#include <memory>
#include <utility>

#include "artemis/expr/predicate.h"

namespace artemis {

// Stands wherever a BoundPredicate is read; kTrue unless another is given. Immutable, so threads may share it.
class SharedPredicate {
 public:
  SharedPredicate() = default;
  SharedPredicate(BoundPredicate predicate)
      : held_(predicate.is_true() ? nullptr
                                  : std::make_shared<const BoundPredicate>(std::move(predicate))) {}

  const BoundPredicate& value() const {
    static const BoundPredicate kAlways = BoundPredicate::True();
    return held_ != nullptr ? *held_ : kAlways;
  }
  operator const BoundPredicate&() const { return value(); }
  bool is_true() const { return held_ == nullptr; }
  bool is_false() const { return value().is_false(); }

  friend bool operator==(const SharedPredicate& a, const BoundPredicate& b) {
    return a.value() == b;
  }

 private:
  std::shared_ptr<const BoundPredicate> held_;
};

}  // namespace artemis
