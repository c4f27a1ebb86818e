/// What evt.h promises beyond what the library does itself. Programs in C are in tests/c.
#include <evt/evt.h>
#include <evt/evt.hpp>

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <utility>

namespace {

evt_action store(evt_request* /*request*/, int64_t result, void* user) {
  *static_cast<int64_t*>(user) = result;
  return EVT_DISARM;
}

class CApi : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(evt_loop_init(&loop_, nullptr), 0); }
  void TearDown() override { evt_loop_destroy(&loop_); }
  evt_loop loop_{};
};

TEST_F(CApi, TextsAreThoseOfTheErrorsOfTheLibrary) {
  const std::pair<evt::Errc, int> codes[] = {
      {evt::Errc::canceled, -ECANCELED}, {evt::Errc::eof, EVT_EOF},       {evt::Errc::busy, EVT_BUSY},
      {evt::Errc::no_loop, EVT_NO_LOOP}, {evt::Errc::forked, EVT_FORKED}, {evt::Errc::exception, EVT_EXCEPTION},
  };
  for (const auto& [error, code] : codes)
    EXPECT_EQ(make_error_code(error).message(), evt_strerror(code));
  for (const int number : {EPERM, ENOENT, EINTR, EAGAIN, ENOMEM, ECONNRESET})
    EXPECT_EQ(std::system_category().message(number), evt_strerror(-number));
}

TEST_F(CApi, OptionsThatAreSetReachTheLoopAndOthersStay) {
  evt_loop small;
  const evt_loop_options options{.backend = EVT_EPOLL, .budget = 1, .post_capacity = 2};
  ASSERT_EQ(evt_loop_init(&small, &options), 0);
  EXPECT_EQ(evt_loop_backend(&small), EVT_EPOLL);
  int64_t results[2] = {-1, -1};
  evt_timer timers[2];
  for (int index = 0; index < 2; ++index) {
    evt_timer_init(&timers[index], &small, EVT_MONOTONIC, &results[index]);
    ASSERT_EQ(evt_timer_after(&timers[index], 0, store), 0);
  }
  EXPECT_EQ(evt_loop_run(&small, EVT_ONCE), 1) << "the budget";
  EXPECT_EQ(evt_loop_run(&small, EVT_UNTIL_DONE), 1);
  const auto nothing = [](void*) {};
  EXPECT_EQ(evt_loop_post(&small, nothing, nullptr), 0);
  EXPECT_EQ(evt_loop_post(&small, nothing, nullptr), 0);
  EXPECT_EQ(evt_loop_post(&small, nothing, nullptr), -ENOBUFS);
  for (evt_timer& timer : timers)
    evt_timer_destroy(&timer);
  evt_loop_destroy(&small);
}

TEST_F(CApi, CancelSyncOfANotifiedWakeSaysThatItWon) {
  evt_wake wake;
  int64_t result = -1;
  evt_wake_init(&wake, &loop_, &result);
  ASSERT_EQ(evt_wake_wait(&wake, store), 0);
  evt_wake_notify(&wake);
  int64_t won = -1;
  EXPECT_TRUE(evt_cancel_sync(&wake.request, &won));
  EXPECT_EQ(won, 0);
  EXPECT_EQ(result, -1) << "a callback out of cancel_sync";
  evt_wake_destroy(&wake);
}

TEST_F(CApi, AJobGetsTheUserPointerAndMayThrow) {
  evt_pool pool;
  ASSERT_EQ(evt_pool_init(&pool, 1), 0);
  evt_work work;
  int64_t result = 5;
  evt_work_init(&work, &loop_, &pool, &result);
  ASSERT_EQ(evt_work_run(&work, [](void* user) { throw static_cast<int64_t*>(user); }, store), 0);
  EXPECT_EQ(evt_loop_run(&loop_, EVT_UNTIL_DONE), 1);
  EXPECT_EQ(result, EVT_EXCEPTION);
  ASSERT_EQ(evt_work_run(&work, [](void* user) { *static_cast<int64_t*>(user) = 6; }, nullptr), 0);
  EXPECT_EQ(evt_loop_run(&loop_, EVT_UNTIL_DONE), 1);
  EXPECT_EQ(result, 6);
  evt_work_destroy(&work);
  evt_pool_destroy(&pool);
}

TEST_F(CApi, AnAddressHasItsFieldsWhereTheLibraryHasThem) {
  evt_address address;
  ASSERT_EQ(evt_address_parse(&address, "[::1]:8080"), 0);
  EXPECT_EQ(address.size, sizeof(sockaddr_in6));
  EXPECT_EQ(address.data.ipv6.sin6_port, htons(8080));
  address.data.ipv6.sin6_port = htons(90);
  char text[64];
  EXPECT_EQ(evt_address_format(&address, text, sizeof text), 8);
  EXPECT_STREQ(text, "[::1]:90");
  EXPECT_EQ(evt_address_format(&address, text, 4), 8) << "the length of all of it";
  EXPECT_STREQ(text, "[::");
  EXPECT_EQ(evt_address_parse(&address, "nonsense"), -EINVAL);
  EXPECT_STREQ(text, "[::") << "nothing was touched";
}

/// Where C has nobody to catch, memory that ran out is a number.
TEST_F(CApi, MemoryThatRunsOutIsEnomem) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer needs the address space";
#endif
  const auto starve = [] {
    const rlimit limit{.rlim_cur = 1UL << 30U, .rlim_max = 1UL << 30U};
    setrlimit(RLIMIT_AS, &limit);
    evt_loop large;
    const evt_loop_options options{.backend = EVT_EPOLL, .post_capacity = 1U << 28U};
    std::_Exit(evt_loop_init(&large, &options) == -ENOMEM ? 7 : 8);
  };
  EXPECT_EXIT(starve(), testing::ExitedWithCode(7), "");
}

}  // namespace
