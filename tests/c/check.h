/// What the cases in C stand on: groups of cases, each with a loop of its own, and checks that end the program.
#ifndef CHECK_H
#define CHECK_H

#include <evt/evt.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// A case is named for what it claims. `loop` is made for it, and destroyed after it.
struct CheckCase {
  const char* claim;
  void (*run)(evt_loop* loop);
};

/// The cases of each group, up to one without a claim.
extern const struct CheckCase loop_cases[];
extern const struct CheckCase file_cases[];
extern const struct CheckCase process_cases[];
extern const struct CheckCase request_cases[];
extern const struct CheckCase signal_cases[];
extern const struct CheckCase socket_cases[];
extern const struct CheckCase thread_cases[];
extern const struct CheckCase timer_cases[];

/// Of the loops of this run.
extern evt_backend check_backend;

#define CHECK(condition) ((condition) ? (void)0 : check_failed(__FILE__, __LINE__, #condition))
/// The same for two numbers, which are shown.
#define CHECK_EQ(left, right) check_equal(__FILE__, __LINE__, #left " == " #right, (int64_t)(left), (int64_t)(right))

_Noreturn void check_failed(const char* file, int line, const char* what);
void check_equal(const char* file, int line, const char* what, int64_t left, int64_t right);

/// The user pointer of requests whose callbacks are check_done: what they saw.
struct CheckResult {
  int calls;
  int64_t result;
  int rearms;  ///< How often the callback asks for the same again.
};
evt_action check_done(evt_request* request, int64_t result, void* user);

/// A pipe: what goes in at [1] comes out at [0].
void check_pipe(int ends[2]);

#endif
