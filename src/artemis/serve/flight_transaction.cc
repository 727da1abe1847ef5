// Transactions over one SQL session.
#include "artemis/serve/flight_transaction.h"

namespace artemis {

namespace {

constexpr auto kWaitForStatement = std::chrono::seconds(5);

}  // namespace

arrow::Status FlightTransaction::Take() {
  std::unique_lock lock(mutex_);
  if (!free_.wait_for(lock, kWaitForStatement, [this] { return !taken_; })) {
    return arrow::Status::Invalid(
        "the statement before it in this transaction is not done: read its rows to the end, or "
        "close it");
  }
  if (ended_) return arrow::Status::Invalid("the transaction has ended");
  taken_ = true;
  return arrow::Status::OK();
}

void FlightTransaction::GiveBack() {
  const std::lock_guard lock(mutex_);
  taken_ = false;
  free_.notify_one();
}

arrow::Status FlightTransaction::Prepare() {
  if (sql_ == nullptr) {
    ARROW_ASSIGN_OR_RAISE(const auto connection, session_->Connect());
    ARROW_RETURN_NOT_OK(connection.sql->Execute("BEGIN TRANSACTION"));
    sql_ = connection.sql;
  }
  return ChangeSettings(*sql_, settings_, session_->settings());
}

arrow::Result<std::unique_ptr<SqlLease>> FlightTransaction::Lease() {
  ARROW_RETURN_NOT_OK(Take());
  if (const auto prepared = Prepare(); !prepared.ok()) {
    GiveBack();
    return prepared;
  }
  return std::make_unique<SqlLease>(sql_, [self = shared_from_this()] { self->GiveBack(); });
}

bool FlightTransaction::has_ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

arrow::Status FlightTransaction::End(bool commit) {
  ARROW_RETURN_NOT_OK(Take());
  arrow::Status status;
  if (sql_ != nullptr) status = sql_->Execute(commit ? "COMMIT" : "ROLLBACK").status();
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    sql_.reset();
  }
  GiveBack();
  return status;
}

}  // namespace artemis
