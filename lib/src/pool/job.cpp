/// Calls a pool job; the one place where a job's exception is caught.
#include "loop/job.hpp"

namespace evt::detail {

bool run_job(const Task& job, std::exception_ptr& thrown) noexcept {
  try {
    job.function(job.context);
    return true;
  } catch (...) {
    thrown = std::current_exception();
    return false;
  }
}

}  // namespace evt::detail
