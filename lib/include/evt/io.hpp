/// evt::Io<T>: promises, coroutines and greenthreads as one type. Not part of evt.hpp, as it carries exceptions.
#pragma once

#include <evt/io/await.hpp>
#include <evt/io/callbacks.hpp>
#include <evt/io/greenthreads.hpp>
#include <evt/io/io.hpp>
#include <evt/io/semaphore.hpp>
#include <evt/io/together.hpp>
