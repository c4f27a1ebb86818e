/// Accepting: who gets which connection, waiting, ending, failing.
#include "contract/sockets.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <memory>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Accept);

TEST_P(Accept, WaitsForAConnectionWithoutHoldingUpOthers) {
  Server server{loop()};
  Acceptor acceptor{server.file};
  ASSERT_TRUE(acceptor.accept());
  Nop nop{loop()};
  VoidRecorder other;
  ASSERT_TRUE(nop.submit(bind(other)));
  ASSERT_TRUE(run_until_called(other));
  EXPECT_EQ(acceptor.done.calls, 0);
  const Fd client = server.connect();
  ASSERT_TRUE(run_until_called(acceptor.done));
  ASSERT_TRUE(*acceptor.done.result) << acceptor.done.result->error().message();
  EXPECT_TRUE(are_connected(**acceptor.done.result, client));
}

TEST_P(Accept, AListenerThatBlocksHoldsUpNothing) {
  Server server{loop()};
  ASSERT_EQ(fcntl(server.listener.get(), F_SETFL, 0), 0);
  Acceptor acceptor{server.file};
  ASSERT_TRUE(acceptor.accept());
  turns();
  EXPECT_EQ(acceptor.done.calls, 0);
  const Fd client = server.connect();
  ASSERT_TRUE(run_until_called(acceptor.done));
  ASSERT_TRUE(*acceptor.done.result) << acceptor.done.result->error().message();
  EXPECT_EQ(fcntl(server.listener.get(), F_GETFL) & O_NONBLOCK, 0) << "its flags are left alone";
}

TEST_P(Accept, TheConnectionDoesNotBlockAndIsClosedOnExec) {
  Server server{loop()};
  Acceptor acceptor{server.file};
  const Fd client = server.connect();
  ASSERT_TRUE(acceptor.accept());
  ASSERT_TRUE(run_until_called(acceptor.done));
  ASSERT_TRUE(*acceptor.done.result) << acceptor.done.result->error().message();
  const Fd& accepted = **acceptor.done.result;
  EXPECT_EQ(fcntl(accepted.get(), F_GETFD), FD_CLOEXEC);
  EXPECT_NE(fcntl(accepted.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST_P(Accept, SeveralAcceptorsAreServedInTurn) {
  Server server{loop()};
  std::vector<std::string> order;
  std::vector<Fd> accepted;
  Acceptor acceptors[] = {Acceptor{server.file}, Acceptor{server.file}, Acceptor{server.file}};
  const char* names[] = {"a", "b", "c"};
  for (std::size_t index = 0; index < 3; ++index) {
    AcceptRecorder& done = acceptors[index].done;
    done.order = &order;
    done.name = names[index];
    done.then = [&done, &accepted] {
      accepted.push_back(std::move(**done.result));
      return Action::rearm;
    };
    ASSERT_TRUE(acceptors[index].accept());
  }
  std::vector<Fd> clients;
  for (std::size_t count = 1; count <= 9; ++count) {
    clients.push_back(server.connect());
    if (count % 2 == 0) continue;  // Sometimes two at a time.
    ASSERT_TRUE(run_until([&] { return accepted.size() >= count; }));
  }
  EXPECT_EQ(order, (std::vector<std::string>{"a", "b", "c", "a", "b", "c", "a", "b", "c"}));
  for (std::size_t index = 0; index < 9; ++index)
    EXPECT_TRUE(are_connected(accepted[index], clients[index])) << "first come, first served: " << index;
}

TEST_P(Accept, ABurstIsAcceptedOnceEachInItsOrder) {
  Server server{loop()};
  std::vector<Fd> clients;
  for (int count = 0; count < 40; ++count)
    clients.push_back(server.connect());
  Acceptor acceptor{server.file};
  std::vector<Fd> accepted;
  acceptor.done.then = [&] {
    accepted.push_back(std::move(**acceptor.done.result));
    return Action::rearm;
  };
  ASSERT_TRUE(acceptor.accept());
  ASSERT_TRUE(run_until([&] { return accepted.size() == clients.size(); }));
  turns();
  ASSERT_EQ(accepted.size(), clients.size());
  for (std::size_t index = 0; index < clients.size(); ++index)
    EXPECT_TRUE(are_connected(accepted[index], clients[index]));
}

TEST_P(Accept, CancelEndsOneAcceptorAndLeavesTheOthers) {
  Server server{loop()};
  Acceptor first{server.file};
  Acceptor second{server.file};
  ASSERT_TRUE(first.accept());
  ASSERT_TRUE(second.accept());
  turns();
  first.request.cancel();
  ASSERT_TRUE(run_until_called(first.done));
  EXPECT_TRUE(failed_with(first.done, Errc::canceled));
  const Fd client = server.connect();
  ASSERT_TRUE(run_until_called(second.done));
  ASSERT_TRUE(*second.done.result);
  EXPECT_TRUE(are_connected(**second.done.result, client));
}

TEST_P(Accept, AnAcceptThatIsDestroyedLeavesTheOthersTheirs) {
  Server server{loop()};
  auto first = std::make_unique<Acceptor>(server.file);
  Acceptor second{server.file};
  ASSERT_TRUE(first->accept());
  ASSERT_TRUE(second.accept());
  turns();
  first.reset();
  const Fd client = server.connect();
  ASSERT_TRUE(run_until_called(second.done));
  ASSERT_TRUE(*second.done.result);
}

TEST_P(Accept, TheEndOfDescriptorsIsAnErrorAndNotTheEndOfAccepting) {
  Server server{loop()};
  Acceptor acceptor{server.file};
  const Fd client = server.connect();
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  // Numbers are given from the lowest on: with this limit there is none left.
  const Fd next(dup(client.get()));
  const rlimit none{.rlim_cur = static_cast<rlim_t>(next.get()), .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  EXPECT_TRUE(acceptor.accept());
  const bool called = run_until_called(acceptor.done);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_TRUE(called);
  EXPECT_TRUE(failed_with(acceptor.done, std::errc::too_many_files_open));
  EXPECT_STREQ(acceptor.done.result->error().operation, "accept");
  ASSERT_TRUE(acceptor.accept());
  ASSERT_TRUE(run_until_called(acceptor.done, 2));
  ASSERT_TRUE(*acceptor.done.result) << "the connection was not lost";
  EXPECT_TRUE(are_connected(**acceptor.done.result, client));
}

TEST_P(Accept, FailsWhereTheSocketDoesNotListen) {
  File file{loop(), File::adopt(make_socket(AF_INET))};
  Acceptor acceptor{file};
  ASSERT_TRUE(acceptor.accept());
  ASSERT_TRUE(run_until_called(acceptor.done));
  EXPECT_TRUE(failed_with(acceptor.done, std::errc::invalid_argument));
  File datagrams{loop(), File::adopt(make_socket(AF_INET, SOCK_DGRAM))};
  Acceptor other{datagrams};
  ASSERT_TRUE(other.accept());
  ASSERT_TRUE(run_until_called(other.done));
  EXPECT_TRUE(failed_with(other.done, std::errc::operation_not_supported));
}

TEST_P(Accept, ClosingTheListenerCancelsThoseThatWait) {
  Server server{loop()};
  File file{loop(), File::adopt(std::move(server.listener))};
  Acceptor first{file};
  Acceptor second{file};
  ASSERT_TRUE(first.accept());
  ASSERT_TRUE(second.accept());
  turns();
  IoRequest close{file};
  IoRecorder closed;
  ASSERT_TRUE(close.close(bind(closed)));
  ASSERT_TRUE(run_until_called(closed));
  EXPECT_TRUE(failed_with(first.done, Errc::canceled));
  EXPECT_TRUE(failed_with(second.done, Errc::canceled));
}

}  // namespace
}  // namespace evt::contract
