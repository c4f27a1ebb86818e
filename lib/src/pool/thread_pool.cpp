/// ThreadPool: the public face of Pool.
#include "loop/pool.hpp"
#include <evt/thread_pool.hpp>

#include <algorithm>
#include <thread>

namespace evt {

ThreadPool::ThreadPool(unsigned threads)
    : pool_(
          std::make_unique<detail::Pool>(threads != 0 ? threads : std::max(2U, std::thread::hardware_concurrency()))) {}

ThreadPool::~ThreadPool() = default;

}  // namespace evt
