// libpq, loaded when the first catalog on PostgreSQL is opened: with it come LDAP, Kerberos and TLS, some 25 libraries that a
// command on another catalog would wait for. The wall: included by postgres_connection.cc and postgres_uri.cc only.
#pragma once

#include <arrow/result.h>
#include <libpq-fe.h>

// Those that we call, without their PQ.
#define ARTEMIS_LIBPQ_FUNCTIONS(FUNCTION) \
  FUNCTION(clear)                         \
  FUNCTION(cmdStatus)                     \
  FUNCTION(cmdTuples)                     \
  FUNCTION(connectdbParams)               \
  FUNCTION(connectionNeedsPassword)       \
  FUNCTION(connectionUsedPassword)        \
  FUNCTION(conninfoFree)                  \
  FUNCTION(conninfoParse)                 \
  FUNCTION(consumeInput)                  \
  FUNCTION(errorMessage)                  \
  FUNCTION(exec)                          \
  FUNCTION(finish)                        \
  FUNCTION(freemem)                       \
  FUNCTION(ftype)                         \
  FUNCTION(getisnull)                     \
  FUNCTION(getlength)                     \
  FUNCTION(getResult)                     \
  FUNCTION(getvalue)                      \
  FUNCTION(isBusy)                        \
  FUNCTION(nfields)                       \
  FUNCTION(ntuples)                       \
  FUNCTION(resultErrorField)              \
  FUNCTION(resultStatus)                  \
  FUNCTION(sendQueryParams)               \
  FUNCTION(setNoticeProcessor)            \
  FUNCTION(socket)                        \
  FUNCTION(status)                        \
  FUNCTION(transactionStatus)

namespace artemis {

struct Libpq {
#define ARTEMIS_LIBPQ_MEMBER(name) decltype(&::PQ##name) name = nullptr;
  ARTEMIS_LIBPQ_FUNCTIONS(ARTEMIS_LIBPQ_MEMBER)
#undef ARTEMIS_LIBPQ_MEMBER
};

// Loads libpq.so.5 as the system finds it, once in a process; it stays. IOError naming what is not there. Thread-safe.
arrow::Status LoadLibpq();

// Its functions. Requires that LoadLibpq gave OK. Thread-safe.
const Libpq& Pq();

}  // namespace artemis
