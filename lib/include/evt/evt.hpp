/// Everything of evt at once.
#pragma once

#include <evt/address.hpp>
#include <evt/buffer_pool.hpp>
#include <evt/callback.hpp>
#include <evt/composed_request.hpp>
#include <evt/fd.hpp>
#include <evt/file.hpp>
#include <evt/file_request.hpp>
#include <evt/io_request.hpp>
#include <evt/loop.hpp>
#include <evt/observer.hpp>
#include <evt/process.hpp>
#include <evt/receive_request.hpp>
#include <evt/request.hpp>
#include <evt/result.hpp>
#include <evt/signal.hpp>
#include <evt/socket.hpp>
#include <evt/socket_request.hpp>
#include <evt/thread_pool.hpp>
#include <evt/time.hpp>
#include <evt/timer.hpp>
#include <evt/wake.hpp>
